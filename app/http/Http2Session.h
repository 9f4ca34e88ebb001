// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Http2Stream.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace realmscope {

// The client's side of an HTTP/2 connection (RFC 9113) without sockets, by libnghttp2's memory API:
//
//   open() streams; whenever there may be something, write takeOutput() to the connection;
//   feed() everything that comes, in pieces of any size; look at the streams of takeChanged();
//   connectionClosed() at the end of the connection; release() each stream.
//
// feed() takes any bytes (it is made to be fuzzed): whatever they are, it ends, keeps its memory bounded by
// the limits and leaves either a working session or isFailed() with every stream failed. Server push is
// refused, PING and SETTINGS are answered, floods end the connection (RFC 9113 section 10.5). nghttp2's own
// checks of messages are off, since they end the stream where this program wants to show what came;
// Http2Stream makes them and notes anomalies.
class Http2Session
{
public:
    explicit Http2Session(const Limits &limits = {});
    ~Http2Session();
    Q_DISABLE_COPY_MOVE(Http2Session)

    // Error: ConnectionClosed when canOpen() is false, FileUnwritable. Precondition: validateRequest(). The
    // limits are those for this response.
    [[nodiscard]] Result<Http2Stream *> open(const Request &request, const Limits &limits);
    // False when the server is going away, the session has failed or the server's limit of streams is
    // reached.
    [[nodiscard]] bool canOpen() const;
    void resume(Http2Stream *stream); // its body has more, see Http2Stream::waitsFor()
    // Ends the stream if it is still open (RST_STREAM with CANCEL); the connection stays.
    void release(Http2Stream *stream);

    void feed(QByteArrayView bytes);
    // The connection has ended; `why` are the words of the socket.
    void connectionClosed(const QString &why);

    // What has to be written now: about `enough` bytes at most, as far as the server's windows allow. Empty:
    // nothing.
    [[nodiscard]] QByteArray takeOutput(qsizetype enough = 64 * 1024);
    [[nodiscard]] qint64 outputTotal() const { return m_outputTaken; } // bytes taken so far

    [[nodiscard]] std::vector<Http2Stream *> takeChanged();
    [[nodiscard]] bool isFailed() const
    {
        return m_error.has_value();
    } // takeOutput() may still hold a GOAWAY
    [[nodiscard]] const Error &error() const { return *m_error; }
    [[nodiscard]] bool isGoingAway() const; // no more streams: GOAWAY came, it failed, or it is closed
    [[nodiscard]] size_t streamCount() const { return m_streams.size(); } // not released
    // Bytes that are no HTTP/2 at all (a server that speaks HTTP/1.1): the first of them.
    [[nodiscard]] const QByteArray &foreignBytes() const { return m_foreign; }

private:
    struct Library; // nghttp2's objects and callbacks
    friend struct Library;

    struct FrameReader // splits a stream of bytes into frames
    {
        QByteArray head; // up to nine bytes
        Http2Frame frame;
        qint64 left = 0; // of the payload
        qint64 bodyBefore = 0;
    };
    struct GoAway
    {
        quint32 lastStream = 0;
        quint32 code = 0;
        QString text; // of the server, harmless
    };

    void give(QByteArrayView bytes);
    void failAsHttp1(); // it answered with HTTP/1.1
    [[nodiscard]] bool admit(const Http2Frame &frame);
    void frameReceived();
    void takeSent(QByteArrayView bytes);
    void frameSent();
    void record(const Http2Frame &frame);
    void drain(qsizetype enough);
    void resetFailed();
    void streamClosed(Http2Stream &stream, quint32 code);
    void changed(Http2Stream &stream);
    void failConnection(const Error &error);
    [[nodiscard]] Http2Stream *find(quint32 id) const;
    [[nodiscard]] Error refused(const Http2Stream &stream) const;

    std::unique_ptr<Library> m_library;
    Limits m_limits;
    std::unordered_map<quint32, std::unique_ptr<Http2Stream>> m_streams;
    std::vector<quint32> m_changed;
    FrameReader m_in;
    FrameReader m_out;
    QByteArray m_first; // the first bytes that came, until it is clear that they are HTTP/2
    QByteArray m_foreign;
    QByteArray m_output;
    qint64 m_outputMade = 0;
    qint64 m_outputTaken = 0;
    int m_prefaceLeft = 24; // bytes of the connection preface
    int m_continuations = 0;
    std::optional<GoAway> m_goAway;
    std::optional<Error> m_error;
    QString m_complaint;    // nghttp2's last words
    bool m_isHttp2 = false; // the first bytes looked like it
    bool m_sawSettings = false;
    bool m_closed = false;
};

} // namespace realmscope
