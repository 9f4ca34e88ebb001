// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/http/HostileCases.h"

#include <QtCore/QString>

#include <zlib.h>
#include <zstd.h>

using namespace Qt::StringLiterals;

namespace realmscope::test {

namespace {

QByteArray deflated(const QByteArray &plain, int windowBits)
{
    z_stream stream = {};
    if (deflateInit2(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        qFatal("zlib does not work");
    QByteArray out(qsizetype(deflateBound(&stream, uLong(plain.size()))) + 64, Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(plain.data()));
    stream.avail_in = uInt(plain.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        qFatal("zlib does not encode");
    out.truncate(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return out;
}
QByteArray gzip(const QByteArray &plain) { return deflated(plain, 15 + 16); }
QByteArray zlib(const QByteArray &plain) { return deflated(plain, 15); }
QByteArray zstd(const QByteArray &plain)
{
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(plain.size()))), Qt::Uninitialized);
    out.truncate(qsizetype(ZSTD_compress(out.data(), size_t(out.size()), plain.data(), size_t(plain.size()), 3)));
    return out;
}
QByteArray nothings(qsizetype count) { return QByteArray(count, '\0'); }
// head -c 10485760 /dev/zero | brotli -9 -w 22
QByteArray brotliBomb() { return QByteArray::fromBase64("y///PwAkAOKxQHLv//L//wOABEAcFoDu/Qc="); }
// printf 'hello, realm\n' | brotli
QByteArray brotliHello() { return QByteArray::fromBase64("DwaAaGVsbG8sIHJlYWxtCgM="); }

// "HTTP/1.1 200 OK", the lines, and behind them the body.
QByteArray ok(const QByteArray &lines, const QByteArray &body = {}) { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n" + body; }
QByteArray coded(const QByteArray &coding, const QByteArray &body)
{
    return ok("Content-Encoding: " + coding + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n", body);
}
QByteArray chunked(const QByteArray &body, const QByteArray &lines = {}) { return ok("Transfer-Encoding: chunked\r\n" + lines, body); }

const char *const hi = "hi";

std::vector<HostileCase> lengths()
{
    constexpr auto rfc = "RFC 9112 section 6.3";
    constexpr auto grammar = "RFC 9110 section 8.6";
    return {
        {"length", rfc, ok("Content-Length: 2\r\n", "hi"), Then::Stay, 200, hi, "", "", true},
        {"length in odd letters", "RFC 9110 section 5.1", ok("content-LENGTH:2\r\n", "hi"), Then::Stay, 200, hi, "", "", true},
        {"length with white space around", "RFC 9110 section 5.5", ok("Content-Length: \t 2 \t\r\n", "hi"), Then::Stay, 200, hi, "", "", true},
        {"length with leading zeros", grammar, ok("Content-Length: 0002\r\n", "hi"), Then::Stay, 200, hi, "", "", true},
        {"length twice, the same", rfc, ok("Content-Length: 2\r\nContent-Length: 2\r\n", "hi"), Then::Stay, 200, hi, "content-length-conflict"},
        {"length as a list of the same", rfc, ok("Content-Length: 2, 2\r\n", "hi"), Then::Stay, 200, hi, "content-length-conflict"},
        {"two lengths", rfc, ok("Content-Length: 2\r\nContent-Length: 4\r\n", "high"), Then::Stay, 200, "high", "content-length-conflict"},
        {"two lengths, the larger first", rfc, ok("Content-Length: 4\r\nContent-Length: 2\r\n", "high"), Then::Stay, 200, "high", "content-length-conflict"},
        {"list of two lengths", rfc, ok("Content-Length: 2, 4\r\n", "high"), Then::Stay, 200, "high", "content-length-conflict"},
        {"two lengths, the body is the shorter", rfc, ok("Content-Length: 2\r\nContent-Length: 4\r\n", "hi"), Then::Close, 200, hi, "body-truncated", "connection-closed"},
        {"good and bad length", rfc, ok("Content-Length: 2\r\nContent-Length: x\r\n", "hi"), Then::Stay, 200, hi, "content-length-invalid"},
        {"length with plus", grammar, ok("Content-Length: +2\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length with minus", grammar, ok("Content-Length: -2\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length in hexadecimal", grammar, ok("Content-Length: 0x2\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length with a fraction", grammar, ok("Content-Length: 2.0\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length with an exponent", grammar, ok("Content-Length: 2e0\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length of two words", grammar, ok("Content-Length: 2 2\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length with a parameter", grammar, ok("Content-Length: 2;a\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length in quotes", grammar, ok("Content-Length: \"2\"\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length is empty", grammar, ok("Content-Length:\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length in Arabic digits", grammar, ok("Content-Length: \xd9\xa2\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length with NUL", "RFC 9110 section 5.5", ok("Content-Length: 2\0\r\n"_ba, "hi"), Then::Close, 200, hi, "nul-in-header"},
        {"length over 64 bits", rfc, ok("Content-Length: 99999999999999999999\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length that overflows to two", rfc, ok("Content-Length: 18446744073709551618\r\n", "hi"), Then::Close, 200, hi, "content-length-invalid"},
        {"length over 32 bits", "the limit of the body", ok("Content-Length: 4294967298\r\n", "hi"), Then::Stay, 200, "", "*", "limit-exceeded"},
        {"length in a fold", "RFC 9112 section 5.2", ok("Content-Length:\r\n 2\r\n", "hi"), Then::Stay, 200, hi, "obs-fold", "", true},
        {"body too short, then the end", "RFC 9112 section 8", ok("Content-Length: 5\r\n", "hi"), Then::Close, 200, hi, "body-truncated", "connection-closed"},
        {"body too short, then silence", "the idle limit", ok("Content-Length: 5\r\n", "hi"), Then::Stay, 200, hi, "", "idle-timeout"},
        {"body too long", rfc, ok("Content-Length: 2\r\n", "high"), Then::Stay, 200, hi, "trailing-data"},
        {"body where the length is none", rfc, ok("Content-Length: 0\r\n", "hi"), Then::Stay, 200, "", "trailing-data"},
        {"second response nobody asked for", rfc, ok("Content-Length: 2\r\n", "hi") + ok("Content-Length: 3\r\n", "bad"), Then::Stay, 200, hi, "trailing-data"},
        {"NUL after the end", rfc, ok("Content-Length: 2\r\n", "hi\0\0"_ba), Then::Stay, 200, hi, "trailing-data"},
        {"until the end of the connection", rfc, ok("", "hi"), Then::Close, 200, hi},
        {"until a reset", "RFC 9112 section 8", ok("", "hi"), Then::Reset, 200, nullptr, "*", "connection-closed"},
        {"length, then a reset", "RFC 9112 section 8", ok("Content-Length: 5\r\n", "hi"), Then::Reset, 200, nullptr, "*", "connection-closed"},
        {"endless body", "the limit of the body", ok(""), Then::Endless, 200, nullptr, "", "limit-exceeded", false, "x"_ba.repeated(4096)},
        {"dripping body", "the total limit", ok("Content-Length: 5000\r\n"), Then::Drip, 200, nullptr, "", "total-timeout", false, "x"},
    };
}

std::vector<HostileCase> transferCodings()
{
    constexpr auto rfc = "RFC 9112 section 6.1";
    const QByteArray two = "2\r\nhi\r\n0\r\n\r\n";
    const auto te = [](const QByteArray &value) { return "Transfer-Encoding: " + value + "\r\n"; };
    return {
        {"chunked", rfc, ok(te("chunked"), two), Then::Stay, 200, hi, "", "", true},
        {"chunked in odd letters", "RFC 9112 section 7", ok("transfer-ENCODING: ChUnKeD\r\n", two), Then::Stay, 200, hi, "", "", true},
        {"length and chunked", "RFC 9112 section 6.3", ok("Content-Length: 12\r\n" + te("chunked"), two), Then::Stay, 200, hi, "content-length-and-chunked"},
        {"chunked and length", "RFC 9112 section 6.3", ok(te("chunked") + "Content-Length: 1\r\n", two), Then::Stay, 200, hi, "content-length-and-chunked"},
        {"length and identity", "RFC 9112 section 6.3", ok("Content-Length: 1\r\n" + te("identity"), "hi"), Then::Close, 200, hi, "content-length-and-chunked"},
        {"chunked twice in a list", rfc, ok(te("chunked, chunked"), two), Then::Stay, 200, hi, "transfer-encoding-unknown"},
        {"chunked twice in lines", rfc, ok(te("chunked") + te("chunked"), two), Then::Stay, 200, hi, "transfer-encoding-unknown"},
        {"identity", rfc, ok(te("identity"), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"gzip, chunked", rfc, ok(te("gzip, chunked"), two), Then::Stay, 200, hi, "transfer-encoding-unknown"},
        {"gzip and chunked in two lines", rfc, ok(te("gzip") + te("chunked"), two), Then::Stay, 200, hi, "transfer-encoding-unknown"},
        {"chunked, gzip", "RFC 9112 section 6.3", ok(te("chunked, gzip"), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"nearly chunked", rfc, ok(te("xchunked"), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"chunked with a vertical tab", "RFC 9110 section 5.6.3", ok(te("\x0b" "chunked"), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"chunked with a form feed", "RFC 9110 section 5.6.3", ok(te("chunked\x0c"), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"chunked in quotes", rfc, ok(te("\"chunked\""), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"chunked with a parameter", "RFC 9112 section 7", ok(te("chunked;q=1"), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"empty transfer coding", rfc, ok(te(""), "hi"), Then::Close, 200, hi, "transfer-encoding-unknown"},
        {"chunked on HTTP/1.0", rfc, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n" + two, Then::Stay, 200, hi, "transfer-encoding-on-1.0"},
        {"chunked behind a space before the colon", "RFC 9112 section 5.1", ok("Transfer-Encoding : chunked\r\n", two), Then::Stay, 200, hi, "space-before-colon", "", true},
        {"chunked with an underscore", "RFC 9110 section 5.1", ok("Transfer_Encoding: chunked\r\nContent-Length: 2\r\n", "hi"), Then::Stay, 200, hi, "", "", true},
        {"chunked in a name with NUL", "RFC 9110 section 5.1", ok("Transfer-Encoding\0: chunked\r\nContent-Length: 2\r\n"_ba, "hi"), Then::Stay, 200, hi, "nul-in-header", "", true},
        {"chunked behind a bare CR", "RFC 9112 section 2.2", ok("X: y\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n", "hi"), Then::Stay, 200, hi, "bare-cr", "", true},
        {"chunked before a bare CR", "RFC 9112 section 2.2", ok("Transfer-Encoding: chunked\rX: y\r\n", "hi"), Then::Close, 200, hi, "bare-cr"},
        {"chunked in a fold", "RFC 9112 section 5.2", ok("Transfer-Encoding:\r\n chunked\r\n", two), Then::Stay, 200, hi, "obs-fold", "", true},
        {"chunked behind a fold of another header", "RFC 9112 section 5.2", ok("X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "hi"), Then::Stay, 200, hi, "obs-fold", "", true},
        {"chunked and 204", "RFC 9112 section 6.1", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", Then::Stay, 204, "", "", "", true},
    };
}

std::vector<HostileCase> chunks()
{
    constexpr auto rfc = "RFC 9112 section 7.1";
    constexpr auto bad = "protocol-error";
    constexpr auto malformed = "chunk-size-malformed";
    return {
        {"several chunks", rfc, chunked("1\r\nh\r\n1\r\ni\r\n0\r\n\r\n"), Then::Stay, 200, hi, "", "", true},
        {"size in upper case", rfc, chunked("A\r\n0123456789\r\n0\r\n\r\n"), Then::Stay, 200, "0123456789", "", "", true},
        {"size with many zeros", rfc, chunked("00000000000000000002\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, hi, "", "", true},
        {"last chunk of many zeros", rfc, chunked("2\r\nhi\r\n0000\r\n\r\n"), Then::Stay, 200, hi, "", "", true},
        {"size is a word", rfc, chunked("two\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size is empty", rfc, chunked("\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size with 0x", rfc, chunked("0x2\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size with minus", rfc, chunked("-2\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size with plus", rfc, chunked("+2\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size with an underscore", rfc, chunked("0_2\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size that overflows 64 bits to two", rfc, chunked("10000000000000002\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size of 63 bits", rfc, chunked("7fffffffffffffff\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, "", malformed, bad},
        {"size of 32 bits that is not there", rfc, chunked("ffffffff\r\nhi"), Then::Close, 200, hi, "body-truncated", "connection-closed"},
        {"space after the size", rfc, chunked("2 \r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, hi, malformed, "", true},
        {"space before the size", rfc, chunked(" 2\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, hi, malformed, "", true},
        {"extension", "RFC 9112 section 7.1.1", chunked("2;a=\"b\"\r\nhi\r\n0\r\n\r\n"), Then::Stay, 200, hi, "chunk-extension", "", true},
        {"extension ends with LF", "RFC 9112 section 2.2", chunked("2;a\nhi\r\n0\r\n\r\n"), Then::Stay, 200, hi, "bare-lf", "", true},
        {"lines end with LF", "RFC 9112 section 2.2", chunked("2\nhi\n0\n\n"), Then::Stay, 200, hi, "bare-lf", "", true},
        {"no line end after the data", rfc, chunked("2\r\nhi0\r\n\r\n"), Then::Stay, 200, hi, "chunk-missing-crlf"},
        {"CR alone after the data", rfc, chunked("2\r\nhi\r0\r\n\r\n"), Then::Stay, 200, hi, "chunk-missing-crlf"},
        {"more data than its size", rfc, chunked("2\r\nhigh\r\n0\r\n\r\n"), Then::Stay, 200, hi, "chunk-missing-crlf", bad},
        {"less data than its size", rfc, chunked("9\r\nhi\r\n0\r\n\r\n"), Then::Close, 200, "hi\r\n0\r\n\r\n", "body-truncated", "connection-closed"},
        {"size line cut", "RFC 9112 section 8", chunked("2\r\nhi\r\n0"), Then::Close, 200, hi, "body-truncated", "connection-closed"},
        {"last chunk missing", "RFC 9112 section 8", chunked("2\r\nhi\r\n"), Then::Close, 200, hi, "body-truncated", "connection-closed"},
        {"last empty line missing", "RFC 9112 section 8", chunked("2\r\nhi\r\n0\r\n"), Then::Close, 200, hi, "body-truncated", "connection-closed"},
        {"last empty line missing, then silence", "the idle limit", chunked("2\r\nhi\r\n0\r\n"), Then::Stay, 200, hi, "", "idle-timeout"},
        {"trailer", "RFC 9112 section 7.1.2", chunked("2\r\nhi\r\n0\r\nX: y\r\n\r\n"), Then::Stay, 200, hi, "", "", true},
        {"trailer changes the framing", "RFC 9110 section 6.5.1", chunked("2\r\nhi\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: gzip\r\n\r\n"), Then::Stay, 200, hi, "", "", true},
        {"trailer without colon", "RFC 9112 section 5", chunked("2\r\nhi\r\n0\r\nfoo\r\n\r\n"), Then::Stay, 200, hi, "header-without-colon", "", true},
        {"data after the end", rfc, chunked("2\r\nhi\r\n0\r\n\r\nmore"), Then::Stay, 200, hi, "trailing-data"},
        {"endless trailers", "the limit of the headers", chunked("2\r\nhi\r\n0\r\n"), Then::Endless, 200, hi, "", "limit-exceeded", false, "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"},
        {"few endless trailers", "the limit of the headers", chunked("2\r\nhi\r\n0\r\n"), Then::Endless, 200, hi, "", "limit-exceeded", false, "X: " + QByteArray(3000, 'y') + "\r\n"},
        {"endless chunks", "the limit of the body", chunked(""), Then::Endless, 200, nullptr, "", "limit-exceeded", false, "2\r\nhi\r\n"},
        {"endless size", "the limit of the headers", chunked(""), Then::Endless, 200, "", "", "limit-exceeded", false, "0"_ba.repeated(1000)},
        {"endless extension", "the limit of the headers", chunked("2;"), Then::Endless, 200, "", "", "limit-exceeded", false, "a"_ba.repeated(1000)},
        {"long extensions of short chunks", "the limit of the headers", chunked(""), Then::Endless, 200, nullptr, "chunk-extension", "limit-exceeded", false, "1;" + QByteArray(1000, 'a') + "\r\nh\r\n"},
        {"dripping chunks", "the total limit", chunked(""), Then::Drip, 200, nullptr, "", "total-timeout", false, "1\r\nh\r\n"},
    };
}

std::vector<HostileCase> statusLines()
{
    constexpr auto rfc = "RFC 9112 section 4";
    constexpr auto odd = "status-line-malformed";
    constexpr auto bad = "protocol-error";
    const auto line = [](const QByteArray &text) { return text + "\r\nContent-Length: 2\r\n\r\nhi"; };
    return {
        {"no reason", rfc, line("HTTP/1.1 200 "), Then::Stay, 200, hi, "", "", true},
        {"no reason and no space", rfc, line("HTTP/1.1 200"), Then::Stay, 200, hi, "missing-reason", "", true},
        {"reason in invalid UTF-8", "RFC 9112 section 4: obs-text", line("HTTP/1.1 200 \xff\xfe"), Then::Stay, 200, hi, "", "", true},
        {"reason with NUL", rfc, line("HTTP/1.1 200 a\0b"_ba), Then::Stay, 200, hi, "nul-in-header", "", true},
        {"reason with CR", "RFC 9112 section 2.2", line("HTTP/1.1 200 a\rb"), Then::Stay, 200, hi, "bare-cr", "", true},
        {"two spaces", rfc, line("HTTP/1.1  200 OK"), Then::Stay, 200, hi, odd, "", true},
        {"tab", rfc, line("HTTP/1.1\t200 OK"), Then::Stay, 200, hi, odd, "", true},
        {"no space after the code", rfc, line("HTTP/1.1 200OK"), Then::Stay, 200, hi, odd, "", true},
        {"code 600", "RFC 9110 section 15", line("HTTP/1.1 600 What"), Then::Stay, 600, hi, odd, "", true},
        {"code 999", "RFC 9110 section 15", line("HTTP/1.1 999 What"), Then::Stay, 999, hi, odd, "", true},
        {"code of two digits", rfc, line("HTTP/1.1 20 OK"), Then::Stay, 0, "", odd, bad},
        {"code of four digits", rfc, line("HTTP/1.1 2000 OK"), Then::Stay, 0, "", odd, bad},
        {"code with a sign", rfc, line("HTTP/1.1 +200 OK"), Then::Stay, 0, "", odd, bad},
        {"code 000", "RFC 9110 section 15", line("HTTP/1.1 000 OK"), Then::Stay, 0, "", odd, bad},
        {"code is a word", rfc, line("HTTP/1.1 OK OK"), Then::Stay, 0, "", odd, bad},
        {"version in lower case", "RFC 9112 section 2.3", line("http/1.1 200 OK"), Then::Stay, 200, hi, "unknown-version"},
        {"version 2.0", "RFC 9112 section 2.3", line("HTTP/2.0 200 OK"), Then::Stay, 200, hi, "unknown-version"},
        {"version 1.10", "RFC 9112 section 2.3", line("HTTP/1.10 200 OK"), Then::Stay, 200, hi, "unknown-version"},
        {"no version", rfc, line("HTTP/ 200 OK"), Then::Stay, 200, hi, "unknown-version"},
        {"no slash", rfc, line("HTTP1.1 200 OK"), Then::Stay, 0, "", "http09", bad},
        {"another name", rfc, line("ICY 200 OK"), Then::Stay, 0, "", "http09", bad},
        {"byte order mark", rfc, line("\xef\xbb\xbfHTTP/1.1 200 OK"), Then::Stay, 0, "", "http09", bad},
        {"empty lines in front", "RFC 9112 section 2.2", "\r\n\r\n" + line("HTTP/1.1 200 OK"), Then::Stay, 200, hi, "leading-whitespace", "", true},
        {"space in front", rfc, " " + line("HTTP/1.1 200 OK"), Then::Stay, 200, hi, "leading-whitespace", "", true},
        {"a line of garbage in front", rfc, "garbage\r\n" + line("HTTP/1.1 200 OK"), Then::Stay, 0, "", "http09", bad},
        {"the rest of another body in front", rfc, "hiHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Then::Stay, 0, "", "http09", bad},
        {"HTTP/0.9", "RFC 9112 appendix C.1", "<html>hello</html>", Then::Close, 0, "", "http09", bad},
        {"nothing", "RFC 9112 section 8", "", Then::Close, 0, "", "", "connection-closed"},
        {"nothing, then a reset", "RFC 9112 section 8", "", Then::Reset, 0, "", "", "connection-closed"},
        {"silence", "the idle limit", "", Then::Stay, 0, "", "", "idle-timeout"},
        {"one byte", "RFC 9112 section 8", "H", Then::Close, 0, "", "http09", bad},
        {"half a status line", "RFC 9112 section 8", "HTTP/1.1 20", Then::Close, 0, "", odd, bad},
        {"zeros", rfc, nothings(64), Then::Stay, 0, "", "http09", bad},
        {"every byte value", rfc, [] { QByteArray all; for (int i = 255; i >= 0; --i) all += char(i); return all; }(), Then::Stay, 0, "", "http09", bad},
        {"a TLS alert", "RFC 8446 section 6", "\x15\x03\x01\x00\x02\x02\x28"_ba, Then::Close, 0, "", "http09", bad},
        {"HTTP/2 settings", "RFC 9113 section 3.4", "\0\0\0\x04\0\0\0\0\0"_ba, Then::Stay, 0, "", "http09", bad},
        {"SSH", rfc, "SSH-2.0-OpenSSH_9.2\r\n", Then::Stay, 0, "", "http09", bad},
        {"SMTP", rfc, "220 mail.example ESMTP\r\n", Then::Stay, 0, "", "http09", bad},
        {"a request", rfc, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", Then::Stay, 0, "", "http09", bad},
        {"endless status line", "the limit of the headers", "HTTP/1.1 200 ", Then::Endless, 0, "", "", "limit-exceeded", false, "x"_ba.repeated(1000)},
        {"endless empty lines", "the limit of the headers", "", Then::Endless, 0, "", "leading-whitespace", "limit-exceeded", false, "\r\n"_ba.repeated(500)},
        {"endless garbage", rfc, "garbage", Then::Endless, 0, "", "http09", bad, false, "x"_ba.repeated(1000)},
    };
}

std::vector<HostileCase> headerLines()
{
    constexpr auto rfc = "RFC 9112 section 5";
    constexpr auto name = "RFC 9110 section 5.1";
    constexpr auto value = "RFC 9110 section 5.5";
    const QByteArray two = "Content-Length: 2\r\n";
    const auto with = [&two](const QByteArray &line) { return ok(line + "\r\n" + two, "hi"); };
    return {
        {"no colon", rfc, with("foo bar"), Then::Stay, 200, hi, "header-without-colon", "", true},
        {"only a colon", name, with(":"), Then::Stay, 200, hi, "invalid-header-name", "", true},
        {"no name", name, with(": x"), Then::Stay, 200, hi, "invalid-header-name", "", true},
        {"space in the name", name, with("A B: c"), Then::Stay, 200, hi, "invalid-header-name", "", true},
        {"UTF-8 in the name", name, with("\xc3\xa9: c"), Then::Stay, 200, hi, "invalid-header-name", "", true},
        {"brackets in the name", name, with("A[0]: c"), Then::Stay, 200, hi, "invalid-header-name", "", true},
        {"space before the colon", "RFC 9112 section 5.1", with("A : c"), Then::Stay, 200, hi, "space-before-colon", "", true},
        {"tab before the colon", "RFC 9112 section 5.1", with("A\t: c"), Then::Stay, 200, hi, "space-before-colon", "", true},
        {"NUL in the value", value, with("A: b\0c"_ba), Then::Stay, 200, hi, "nul-in-header", "", true},
        {"control character in the value", value, with("A: b\x01"), Then::Stay, 200, hi, "invalid-header-value", "", true},
        {"DEL in the value", value, with("A: b\x7f"), Then::Stay, 200, hi, "invalid-header-value", "", true},
        {"invalid UTF-8 in the value", "RFC 9110 section 5.5: obs-text", with("A: \xff\xc0\x80"), Then::Stay, 200, hi, "", "", true},
        {"bare CR in the value", "RFC 9112 section 2.2", with("A: b\rc"), Then::Stay, 200, hi, "bare-cr", "", true},
        {"a line ends with LF", "RFC 9112 section 2.2", ok("A: b\n" + two, "hi"), Then::Stay, 200, hi, "bare-lf", "", true},
        {"all lines end with LF", "RFC 9112 section 2.2", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", Then::Stay, 200, hi, "bare-lf", "", true},
        {"the last empty line is LF", "RFC 9112 section 2.2", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nhi", Then::Stay, 200, hi, "bare-lf", "", true},
        {"the headers end with CR CR LF", "RFC 9112 section 2.2", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\r\n\r\nhi", Then::Stay, 200, hi, "bare-cr", "", true},
        {"fold", "RFC 9112 section 5.2", with("WWW-Authenticate: Basic\r\n realm=\"x\""), Then::Stay, 200, hi, "obs-fold", "", true},
        {"fold with a tab", "RFC 9112 section 5.2", with("A: b\r\n\tc"), Then::Stay, 200, hi, "obs-fold", "", true},
        {"fold of white space alone", "RFC 9112 section 5.2", with("A: b\r\n "), Then::Stay, 200, hi, "obs-fold", "", true},
        {"fold as the first line", "RFC 9112 section 2.2", with(" A: b"), Then::Stay, 200, hi, "leading-whitespace", "", true},
        {"100 good headers", "the limit of header lines", ok("A: b\r\n"_ba.repeated(99) + two, "hi"), Then::Stay, 200, hi, "", "", true},
        {"one header too many", "the limit of header lines", ok("A: b\r\n"_ba.repeated(100) + two, "hi"), Then::Stay, 200, "", "", "limit-exceeded"},
        {"a long header", "the limit of the headers", with("A: " + QByteArray(8000, 'x')), Then::Stay, 200, hi, "", "", true},
        {"a header that is too long", "the limit of the headers", with("A: " + QByteArray(9000, 'x')), Then::Stay, 200, "", "", "limit-exceeded"},
        {"endless headers", "the limit of header lines", ok("").chopped(2), Then::Endless, 200, "", "", "limit-exceeded", false, "A: b\r\n"_ba.repeated(100)},
        {"endless header", "the limit of the headers", ok("A: ").chopped(2), Then::Endless, 200, "", "", "limit-exceeded", false, "x"_ba.repeated(1000)},
        {"endless fold", "the limit of the headers", ok("A: b\r\n").chopped(2), Then::Endless, 200, "", "obs-fold", "limit-exceeded", false, " x\r\n"_ba.repeated(100)},
        {"headers cut", "RFC 9112 section 8", "HTTP/1.1 200 OK\r\nWWW-Auth", Then::Close, 200, "", "headers-truncated", "connection-closed"},
        {"no empty line", "RFC 9112 section 8", "HTTP/1.1 200 OK\r\nA: b\r\n", Then::Close, 200, "", "headers-truncated", "connection-closed"},
        {"headers cut, then a reset", "RFC 9112 section 8", "HTTP/1.1 200 OK\r\nA: b\r\n", Then::Reset, 200, "", "*", "connection-closed"},
        {"headers, then silence", "the idle limit", "HTTP/1.1 200 OK\r\nA: b\r\n", Then::Stay, 200, "", "", "idle-timeout"},
        {"dripping headers", "the total limit", "HTTP/1.1 200 OK\r\n", Then::Drip, 200, "", "", "total-timeout", false, "A: b\r\n"},
    };
}

std::vector<HostileCase> interimAndBodyless()
{
    constexpr auto interim = "RFC 9110 section 15.2";
    constexpr auto bodyless = "RFC 9112 section 6.3";
    const QByteArray good = ok("Content-Length: 2\r\n", "hi");
    const QByteArray hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    return {
        {"100, then the answer", interim, "HTTP/1.1 100 Continue\r\n\r\n" + good, Then::Stay, 200, hi, "", "", true},
        {"five times 103, then the answer", interim, hints.repeated(5) + good, Then::Stay, 200, hi, "", "", true},
        {"unknown 199, then the answer", interim, "HTTP/1.1 199 Odd\r\n\r\n" + good, Then::Stay, 200, hi, "", "", true},
        {"a storm of 103", "the limit of interim responses", hints.repeated(1000), Then::Stay, 0, "", "too-many-informational", "limit-exceeded"},
        {"endless 100", "the limit of interim responses", "", Then::Endless, 0, "", "too-many-informational", "limit-exceeded", false, "HTTP/1.1 100 Continue\r\n\r\n"},
        {"103 with a body", interim, "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nhello" + good, Then::Stay, 0, "", "http09", "protocol-error"},
        {"only 100", interim, "HTTP/1.1 100 Continue\r\n\r\n", Then::Close, 0, "", "", "connection-closed"},
        {"100, then silence", "the idle limit", "HTTP/1.1 100 Continue\r\n\r\n", Then::Stay, 0, "", "", "idle-timeout"},
        {"100, then garbage", interim, "HTTP/1.1 100 Continue\r\n\r\nwhatever\r\n", Then::Stay, 0, "", "http09", "protocol-error"},
        {"dripping headers of 100", "the total limit", "HTTP/1.1 100 Continue\r\n", Then::Drip, 100, "", "", "total-timeout", false, "A: b\r\n"},
        {"101 that nobody asked for", "RFC 9110 section 15.2.2", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", Then::Stay, 101, "", "", ""},
        {"204 with a body", bodyless, "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nhi", Then::Stay, 204, "", "body-on-no-body-status", ""},
        {"304 with a length", bodyless, "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n", Then::Stay, 304, "", "", "", true},
        {"304 with a body", bodyless, "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nhi", Then::Stay, 304, "", "body-on-no-body-status", ""},
        {"HEAD with a length", bodyless, ok("Content-Length: 100\r\n"), Then::Stay, 200, "", "", "", true, {}, "HEAD"},
        {"HEAD and chunked", bodyless, ok("Transfer-Encoding: chunked\r\n"), Then::Stay, 200, "", "", "", true, {}, "HEAD"},
        {"HEAD with a body", bodyless, good, Then::Stay, 200, "", "body-on-no-body-status", "", false, {}, "HEAD"},
        {"answer says close and stays", "RFC 9112 section 9.6", ok("Connection: close\r\nContent-Length: 2\r\n", "hi"), Then::Stay, 200, hi, "", ""},
        {"answer says keep-alive and closes", "RFC 9112 section 9.3", ok("Connection: keep-alive\r\nContent-Length: 2\r\n", "hi"), Then::Close, 200, hi, "", "", true},
    };
}

std::vector<HostileCase> contentCodings()
{
    constexpr auto rfc = "RFC 9110 section 8.4";
    constexpr auto ratio = "the limit of decoded bytes";
    const QByteArray hello = "hello, realm\n";
    const QByteArray zeros = nothings(10 * 1024 * 1024);
    QByteArray wideWindow = QByteArray::fromHex("28b52ffd00a001000000"); // RFC 8878 section 3.1.1: no single segment, a window of 1 GB
    return {
        {"gzip", rfc, coded("gzip", gzip(hello)), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"x-gzip", "RFC 9110 section 8.4.1.3", coded("X-GZIP", gzip(hello)), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"two gzip members", "RFC 1952 section 2.2", coded("gzip", gzip("hello, ") + gzip("realm\n")), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"deflate", "RFC 9110 section 8.4.1.2", coded("deflate", zlib(hello)), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"deflate without zlib", "RFC 9110 section 8.4.1.2: some send it", coded("deflate", deflated(hello, -15)), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"br", "RFC 7932", coded("br", brotliHello()), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"zstd", "RFC 8878", coded("zstd", zstd(hello)), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"zstd of 64 KiB", "RFC 8878", coded("zstd", zstd(nothings(65536))), Then::Stay, 200, nullptr, "", "", true},
        {"gzip in gzip", rfc, coded("gzip, gzip", gzip(gzip(hello))), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"gzip cut", "RFC 1952", coded("gzip", gzip(hello).chopped(5)), Then::Stay, 200, "hello, realm\n", "content-coding-truncated", "", true},
        {"gzip of one byte", "RFC 1952", coded("gzip", "\x1f"), Then::Stay, 200, nullptr, "content-coding-truncated", "", true},
        {"deflate of one byte", "RFC 1950", coded("deflate", "\x78"), Then::Stay, 200, nullptr, "content-coding-truncated", "", true},
        {"br cut", "RFC 7932", coded("br", brotliHello().chopped(3)), Then::Stay, 200, nullptr, "content-coding-truncated", "", true},
        {"zstd cut", "RFC 8878", coded("zstd", zstd(hello).chopped(3)), Then::Stay, 200, nullptr, "content-coding-truncated", "", true},
        {"gzip with a wrong checksum", "RFC 1952 section 2.3.1", coded("gzip", gzip(hello).chopped(8) + nothings(8)), Then::Stay, 200, "hello, realm\n", "content-coding-corrupt", "", true},
        {"gzip of garbage", "RFC 1952", coded("gzip", "\x1f\x8b\x08\x00garbagegarbage"_ba), Then::Stay, 200, nullptr, "content-coding-corrupt", "", true},
        {"gzip with a tail", "RFC 1952", coded("gzip", gzip(hello) + "tail"), Then::Stay, 200, "hello, realm\n", "", "", true},
        {"br of garbage", "RFC 7932", coded("br", "garbagegarbage"), Then::Stay, 200, nullptr, "*", "", true},
        {"zstd of garbage", "RFC 8878", coded("zstd", "garbagegarbage"), Then::Stay, 200, "garbagegarbage", "content-coding-corrupt", "", true},
        {"zstd with a window of 1 GB", "RFC 9659 section 3", coded("zstd", wideWindow), Then::Stay, 200, nullptr, "content-coding-corrupt", "", true},
        {"plain text that says gzip", rfc, coded("gzip", hello), Then::Stay, 200, "hello, realm\n", "content-coding-corrupt", "", true},
        {"an empty body that says gzip", rfc, coded("gzip", ""), Then::Stay, 200, "", "", "", true},
        {"an unknown coding", rfc, coded("rot13", "uryyb"), Then::Stay, 200, "uryyb", "content-coding-unknown", "", true},
        {"eight codings", "the limit of codings", coded("gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip", "x"), Then::Stay, 200, "x", "content-coding-unknown", "", true},
        {"gzip bomb", ratio, coded("gzip", gzip(zeros)), Then::Stay, 200, nullptr, "", "limit-exceeded", true},
        {"deflate bomb", ratio, coded("deflate", zlib(zeros)), Then::Stay, 200, nullptr, "", "limit-exceeded", true},
        {"br bomb", ratio, coded("br", brotliBomb()), Then::Stay, 200, nullptr, "", "limit-exceeded", true},
        {"zstd bomb", ratio, coded("zstd", zstd(zeros)), Then::Stay, 200, nullptr, "", "limit-exceeded", true},
        {"bomb in a bomb", ratio, coded("gzip, gzip", gzip(gzip(zeros))), Then::Stay, 200, nullptr, "", "limit-exceeded", true},
        {"bomb of many members", ratio, coded("gzip", gzip(nothings(16 * 1024)).repeated(64)), Then::Stay, 200, nullptr, "", "limit-exceeded", true},
    };
}

std::vector<HostileCase> tls()
{
    const auto row = [](const char *name, const QByteArray &bytes, Then then, const char *error) {
        return HostileCase{name, "RFC 8446", bytes, then, 0, "", "", error, false, {}, "GET", true};
    };
    return {
        row("plain HTTP in answer to TLS", ok("Content-Length: 2\r\n", "hi"), Then::Stay, "tls-failure"),
        row("zeros in answer to TLS", nothings(64), Then::Close, "tls-failure"),
        row("garbage in answer to TLS", "garbage garbage garbage", Then::Stay, "tls-failure"),
        row("a fatal alert", "\x15\x03\x03\x00\x02\x02\x28"_ba, Then::Close, "tls-failure"),
        row("an alert cut", "\x15\x03\x03\x00\x02\x02"_ba, Then::Close, "tls-failure"),
        row("a handshake of garbage", "\x16\x03\x03\x00\x08garbage!"_ba, Then::Stay, "tls-failure"),
        row("a record that is too long", "\x16\x03\x03\xff\xff"_ba, Then::Stay, "tls-failure"),
        row("application data in answer to TLS", "\x17\x03\x03\x00\x02hi"_ba, Then::Stay, "tls-failure"),
        row("closed in the handshake", "", Then::Close, "tls-failure"),
        row("reset in the handshake", "", Then::Reset, "tls-failure"),
        row("silence in the handshake", "", Then::Stay, "connect-timeout"),
        row("half a handshake, then silence", "\x16\x03\x03\x00\x7a\x02\x00"_ba, Then::Stay, "connect-timeout"),
    };
}

} // namespace

bool HostileCase::isQuick() const
{
    return then != Then::Drip && !QByteArray(error).endsWith("-timeout") && sends.size() < 64 * 1024;
}

Limits hostileLimits(const HostileCase &one)
{
    Limits limits;
    limits.headerBytes = 8192;
    limits.headerCount = 100;
    limits.bodyBytes = 64 * 1024;
    limits.decodedBodyBytes = 256 * 1024;
    limits.informationalResponses = 5;
    // Short only where they are to be met, so that a busy machine changes nothing.
    limits.connectTimeoutMs = QByteArrayView(one.error) == "connect-timeout" ? 300 : 10'000;
    limits.idleTimeoutMs = QByteArrayView(one.error) == "idle-timeout" ? 200 : 10'000;
    limits.totalTimeoutMs = one.then == Then::Drip ? 600 : 20'000;
    return limits;
}

const std::vector<HostileCase> &hostileCases()
{
    static const std::vector<HostileCase> all = [] {
        std::vector<HostileCase> cases;
        for (const auto &part : {lengths(), transferCodings(), chunks(), statusLines(), headerLines(), interimAndBodyless(), contentCodings(), tls()})
            cases.insert(cases.end(), part.begin(), part.end());
        return cases;
    }();
    return all;
}

} // namespace realmscope::test
