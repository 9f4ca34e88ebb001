// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The history on the disk: what is kept comes back whole, what is damaged costs only itself, and a program may be killed at
// any moment. Called with REALMSCOPE_TEST_WRITER set, the program is one that writes entries until it is killed.
#include "../diagnosis/TraceBuilder.h"
#include "TraceText.h"
#include "app/base/Random.h"
#include "app/workspace/History.h"
#include "app/workspace/TraceRecord.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <csignal>
#include <cstdio>
#include <sys/resource.h>

using namespace Qt::StringLiterals;

namespace realmscope {

static constexpr qint64 firstSend = 1'795'830'013'123; // 2026-11-28 01:40:13.123 UTC

static QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

static void overwrite(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
    QCOMPARE(file.write(bytes), bytes.size());
}

static HistoryEntry entryOf(int number)
{
    HistoryEntry entry;
    entry.id = u"20261128T014013123-%1"_s.arg(number, 8, 16, QLatin1Char('0'));
    entry.sentAtMs = firstSend + number * 1000;
    entry.status = number % 3 == 0 ? 401 : 200;
    entry.exchanges = 1 + number % 4;
    entry.totalUs = 12'500 + number;
    entry.method = number % 2 == 0 ? u"GET"_s : u"POST"_s;
    entry.url = u"https://api.example.com/items/%1"_s.arg(number);
    entry.name = u"Item %1"_s.arg(number);
    entry.profile = u"alice"_s;
    entry.outcome = number % 3 == 0 ? u"unauthorized"_s : u"accepted"_s;
    if (number % 3 == 0) {
        entry.cause = u"token-expired"_s;
        entry.verdict = u"proven"_s;
        entry.title = u"The access token has expired"_s;
    }
    return entry;
}

static Trace smallTrace(int number)
{
    Trace trace;
    trace.exchanges.append(makeExchange("GET /items/" + QByteArray::number(number) + " HTTP/1.1\nHost: api.example.com\n\n",
                                        "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 5\n\nhello"));
    return trace;
}

static HistoryRecord recordOf(int number)
{
    HistoryRecord record;
    record.entry = entryOf(number);
    record.spec.url = record.entry.url;
    record.trace = smallTrace(number);
    record.diagnosis = QJsonObject{{u"summary"_s, u"number %1"_s.arg(number)}};
    return record;
}

static QStringList idsOf(const HistoryIndex &index)
{
    QStringList ids;
    for (qsizetype row = 0; row < index.size(); ++row)
        ids.append(index.id(row));
    return ids;
}

// A trace with everything in it that a trace can hold.
static Trace fullTrace()
{
    Trace trace;
    Exchange e = makeExchange("POST /a?x=1 HTTP/1.1\nHost: api.example.com\nX-Twice: a\nX-Twice: b\nContent-Length: 3\n\nabc",
                              "HTTP/1.1 103 Early Hints\nLink: </a.css>\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTrailer: X-End\n\n5\r\nhello\r\n0\r\nX-End: yes\r\n\r\n",
                              ExchangeRole::Probe);
    e.label = u"probe: no credential"_s;
    e.probeId = u"anonymous"_s;
    e.request.url.userInfo = "alice"_ba;
    e.request.url.fragment = "part"_ba;
    e.request.headers[0].sourceDetail = u"profile alice"_s;
    e.request.headers[0].source = HeaderSource::Profile;
    e.startedAtMs = firstSend;
    e.timings = {0.25, 1.5, 4.125, 0.0, 12.75, 0.5, 20};
    e.connection = {7, true, u"127.0.0.1:50112"_s, u"[::1]:443"_s, u"http://127.0.0.1:3128"_s, u"h2"_s};
    CertificateInfo certificate;
    certificate.subject = u"CN=api.example.com"_s;
    certificate.issuer = u"CN=Test"_s;
    certificate.commonName = u"api.example.com"_s;
    certificate.alternativeNames = {u"DNS:api.example.com"_s, u"IP:127.0.0.1"_s};
    certificate.notBefore = QDateTime::fromMSecsSinceEpoch(firstSend - 1000, Qt::UTC);
    certificate.notAfter = QDateTime::fromMSecsSinceEpoch(firstSend + 1000, Qt::UTC);
    certificate.sha256Fingerprint = QByteArray::fromHex("00ff10");
    certificate.keyDescription = u"EC 256 bit"_s;
    certificate.serial = u"01:02"_s;
    certificate.pem = "-----BEGIN CERTIFICATE-----\n";
    certificate.errors = {u"self-signed"_s};
    TlsInfo tls;
    tls.protocol = u"TLSv1.3"_s;
    tls.cipher = u"TLS_AES_256_GCM_SHA384"_s;
    tls.alpn = u"h2"_s;
    tls.serverName = u"api.example.com"_s;
    tls.chain = {certificate, certificate};
    tls.verified = true;
    tls.verificationSkipped = true;
    tls.errors = {u"one"_s, u"two"_s};
    tls.alert = u"bad certificate"_s;
    tls.clientCertificateOffered = true;
    tls.clientCertificateRequested = false;
    tls.clientCertificateSent = true;
    tls.clientCertificateSubject = u"CN=me"_s;
    tls.events = {u"renegotiation"_s};
    e.tls = tls;
    Http2Facts http2;
    http2.stream = 3;
    http2.prefaceSent = true;
    http2.requestFields.append(":method", "POST");
    http2.responseFields.append(":status", "200");
    http2.frames = {{true, 4, 1, 0, 6, QByteArray::fromHex("000300000064"), {}}, {false, 0, 1, 3, 5, {}, {100, 105}}};
    http2.framesLeftOut = 9;
    http2.resetCode = 0;
    e.http2 = http2;
    e.anomalies = {{u"obs-fold"_s, u"a folded line"_s, {17, 22}}, {u"no-place"_s, u"nowhere"_s, {}}};
    e.decisions = {{DecisionKind::CredentialWithheld, u"withheld: another origin"_s}, {DecisionKind::CookieWithheld, {}}};
    CookieVerdict cookie;
    cookie.decision = CookieDecision::Rejected;
    cookie.name = "sid\xff"_ba;
    cookie.domain = u"example.com"_s;
    cookie.hostOnly = false;
    cookie.path = "/";
    cookie.secure = true;
    cookie.httpOnly = true;
    cookie.sameSite = SameSite::Strict;
    cookie.expiresAt = 0;
    cookie.reasonId = u"public-suffix"_s;
    cookie.reason = u"a public suffix"_s;
    cookie.deviations = {{u"d"_s, u"odd"_s}};
    cookie.range = {17, 21};
    e.cookies = {cookie};
    e.derivation = {{u"A1"_s, "a:b:\x01"_ba, false}, {u"key"_s, "k"_ba, true}};
    e.error = Error{ErrorCode::InvalidInput, {}, {}, {}};
    Exchange nothing; // no answer, no bytes, everything as it begins
    nothing.error = Error{ErrorCode::ConnectFailed, u"refused"_s, u"detail"_s, u"Start the server."_s};
    trace.exchanges = {e, nothing};
    trace.error = Error{ErrorCode::Cancelled, u"cancelled"_s, {}, {}};
    return trace;
}

class HistoryTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    SystemRandom m_random;

    [[nodiscard]] QString folder() const { return m_dir->filePath(u"history"_s); }

    // Adds entries 1 to count.
    void fill(int count, const HistoryLimits &limits = {})
    {
        HistoryFolder files(folder(), limits);
        for (int number = 1; number <= count; ++number) {
            const Result<HistoryIndex> added = files.add(recordOf(number));
            QVERIFY2(added, qPrintable(added ? QString() : added.error().message));
        }
    }

    [[nodiscard]] HistoryIndex list() const
    {
        const Result<HistoryIndex> loaded = HistoryFolder::load(folder());
        return loaded ? *loaded : HistoryIndex();
    }

    static QProcess *startWriter(const QString &folder, int first, int count)
    {
        auto *process = new QProcess;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"REALMSCOPE_TEST_WRITER"_s, u"%1 %2 %3"_s.arg(first).arg(count).arg(folder));
        process->setProcessEnvironment(environment);
        process->start(QCoreApplication::applicationFilePath(), QStringList());
        return process;
    }

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    // ---- the list

    void aLineIsWrittenOut()
    {
        HistoryEntry entry;
        entry.id = u"20261128T014013123-0a1b2c3d"_s;
        entry.sentAtMs = firstSend;
        entry.status = 401;
        entry.exchanges = 2;
        entry.totalUs = 12'500;
        entry.bytes = 812;
        entry.method = u"GET"_s;
        entry.url = u"https://api.example.com/me"_s;
        entry.name = u"Me"_s;
        entry.profile = u"alice"_s;
        entry.environment = u"Staging"_s;
        entry.outcome = u"unauthorized"_s;
        entry.cause = u"token-expired"_s;
        entry.verdict = u"proven"_s;
        entry.title = u"The access token has expired"_s;
        // The sum is python's: '%08x' % zlib.crc32(everything after it).
        QCOMPARE(HistoryIndex::lineOf(entry),
                 "14a1a84d\t20261128T014013123-0a1b2c3d\t1795830013123\t2\t12500\t812\tproven\t401\tGET\thttps://api.example.com/me\tMe\talice\t"
                 "Staging\tunauthorized\ttoken-expired\tThe access token has expired\n"_ba);
    }

    void aLineComesBack_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << u"plain"_s;
        QTest::newRow("empty") << QString();
        QTest::newRow("tab, line ends, backslash") << u"a\tb\nc\rd\\e\\n"_s;
        QTest::newRow("NUL") << QString::fromUtf8(QByteArray("a\0b", 3));
        QTest::newRow("beyond ASCII") << u"Zürich \U0001F511 ••••"_s;
    }

    void aLineComesBack()
    {
        QFETCH(QString, text);
        HistoryEntry entry = entryOf(3);
        entry.url = entry.name = entry.profile = entry.environment = entry.title = entry.cause = entry.method = text;
        const QByteArray line = HistoryIndex::lineOf(entry);
        QCOMPARE(line.count('\n'), 1);
        const std::optional<HistoryEntry> back = HistoryIndex::readLine(line.chopped(1));
        QVERIFY(back);
        QCOMPARE(back->url, text);
        QVERIFY(*back == entry);
    }

    void anIdLeadsNowhereElse_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("made here") << makeHistoryId(firstSend, m_random) << true;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("folder above") << u"../x"_s << false;
        QTest::newRow("dot") << u"a.b"_s << false;
        QTest::newRow("slash") << u"/etc/passwd"_s << false;
        QTest::newRow("long") << QString(41, u'a') << false;
    }

    void anIdLeadsNowhereElse()
    {
        QFETCH(QString, id);
        QFETCH(bool, isGood);
        QCOMPARE(isHistoryId(id), isGood);
        HistoryEntry entry = entryOf(1);
        entry.id = id;
        const HistoryIndex index = HistoryIndex::parse(HistoryIndex().write() + HistoryIndex::lineOf(entry));
        QCOMPARE(index.size(), isGood ? 1 : 0);
        if (!isGood)
            QVERIFY(!HistoryFolder::read(folder(), id));
    }

    void newestFirst()
    {
        QByteArray content = HistoryIndex().write();
        for (const int number : {2, 5, 1, 4}) // as two programs, or a wrong clock, may write them
            content += HistoryIndex::lineOf(entryOf(number));
        const HistoryIndex index = HistoryIndex::parse(content);
        QCOMPARE(idsOf(index), (QStringList{entryOf(5).id, entryOf(4).id, entryOf(2).id, entryOf(1).id}));
        QVERIFY(index.at(0) == entryOf(5));
        QCOMPARE(index.indexOf(entryOf(2).id), 2);
        QCOMPARE(index.indexOf(u"nothing"_s), -1);
        QCOMPARE(idsOf(HistoryIndex::parse(index.without({entryOf(4).id, entryOf(1).id}).write())), (QStringList{entryOf(5).id, entryOf(2).id}));
    }

    void aLaterLineReplaces()
    {
        HistoryEntry changed = entryOf(1);
        changed.status = 503;
        const HistoryIndex index = HistoryIndex::parse(HistoryIndex().write() + HistoryIndex::lineOf(entryOf(1)) + HistoryIndex::lineOf(entryOf(2))
                                                       + HistoryIndex::lineOf(changed));
        QCOMPARE(index.size(), 2);
        QCOMPARE(index.replacedLines(), 1);
        QCOMPARE(index.at(1).status, 503);
    }

    void search_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<int>>("numbers");
        QTest::newRow("all") << QString() << QList<int>{4, 3, 2, 1};
        QTest::newRow("spaces") << u"   "_s << QList<int>{4, 3, 2, 1};
        QTest::newRow("status") << u"401"_s << QList<int>{3};
        QTest::newRow("path") << u"items/2"_s << QList<int>{2};
        QTest::newRow("case") << u"ITEMS/2"_s << QList<int>{2};
        QTest::newRow("cause") << u"token-expired"_s << QList<int>{3};
        QTest::newRow("title") << u"Access Token"_s << QList<int>{3};
        QTest::newRow("two words, any order") << u"post alice"_s << QList<int>{3, 1};
        QTest::newRow("both words") << u"post items/2"_s << QList<int>{};
        QTest::newRow("no part of the id") << u"20261128T"_s << QList<int>{};
        QTest::newRow("beyond ASCII, other case") << u"ZÜRICH"_s << QList<int>{4};
    }

    void search()
    {
        QFETCH(QString, text);
        QFETCH(QList<int>, numbers);
        QByteArray content = HistoryIndex().write();
        for (int number = 1; number <= 4; ++number) {
            HistoryEntry entry = entryOf(number);
            if (number == 4)
                entry.environment = u"Zürich"_s;
            content += HistoryIndex::lineOf(entry);
        }
        const HistoryIndex index = HistoryIndex::parse(content);
        QStringList expected;
        for (const int number : numbers)
            expected.append(entryOf(number).id);
        QStringList found;
        for (const int row : index.search(text))
            found.append(index.id(row));
        QCOMPARE(found, expected);
    }

    // Whatever byte is wrong, the entries of the other lines are there, and no entry is another one.
    void anyByteOfTheListMayBeWrong()
    {
        QByteArray content = HistoryIndex().write();
        QMap<QString, HistoryEntry> known;
        for (int number = 1; number <= 4; ++number) {
            known.insert(entryOf(number).id, entryOf(number));
            content += HistoryIndex::lineOf(entryOf(number));
        }
        for (qsizetype at = 0; at < content.size(); ++at) {
            for (const char wrong : {char(content.at(at) ^ 0x01), char(content.at(at) ^ 0x20), '\n', '\t', '\0', '\xff'}) {
                if (wrong == content.at(at))
                    continue;
                QByteArray broken = content;
                broken[at] = wrong;
                const HistoryIndex index = HistoryIndex::parse(broken);
                const QByteArray where = "byte " + QByteArray::number(at) + " as " + QByteArray::number(int(wrong));
                // A line end that is gone joins two lines.
                QVERIFY2(index.size() >= 4 - (content.at(at) == '\n' ? 2 : 1), where.constData());
                for (qsizetype row = 0; row < index.size(); ++row)
                    QVERIFY2(known.value(index.id(row)) == index.at(row), where.constData());
                QVERIFY2(index.size() == 4 || index.damagedLines() > 0 || index.endsWithinLine(), where.constData());
            }
        }
    }

    void theListMayEndAnywhere()
    {
        QByteArray content = HistoryIndex().write();
        QList<qsizetype> ends;
        for (int number = 1; number <= 4; ++number) {
            content += HistoryIndex::lineOf(entryOf(number));
            ends.append(content.size());
        }
        for (qsizetype size = 0; size < content.size(); ++size) {
            const HistoryIndex index = HistoryIndex::parse(content.first(size));
            // A line without its line end is whole all the same.
            const auto whole = std::ranges::count_if(ends, [size](qsizetype end) { return end - 1 <= size; });
            QCOMPARE(index.size(), whole);
            for (qsizetype row = 0; row < index.size(); ++row)
                QVERIFY(index.at(row) == entryOf(static_cast<int>(whole - row)));
        }
    }

    // ---- traces

    void aWholeTraceComesBack()
    {
        const Trace trace = fullTrace();
        QCOMPARE(TraceText::of(traceFromCbor(traceToCbor(trace))), TraceText::of(trace));
    }

    void tracesOfTheRulesComeBack()
    {
        const QString folderOfCases = QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases");
        int count = 0;
        for (const QString &name : QDir(folderOfCases).entryList({u"*.txt"_s})) {
            QString error;
            for (const RuleCase &one : readRuleCases(folderOfCases + u'/' + name, &error)) {
                QCOMPARE(TraceText::of(traceFromCbor(QCborValue::fromCbor(QCborValue(traceToCbor(one.trace)).toCbor()).toMap())), TraceText::of(one.trace));
                ++count;
            }
            QVERIFY2(error.isEmpty(), qPrintable(error));
        }
        QVERIFY(count > 200);
    }

    void positionsOutsideAreNone()
    {
        Exchange e = makeExchange("GET / HTTP/1.1\nHost: a\n\n", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx");
        e.anomalies = {{u"far"_s, {}, {10, 100'000}}, {u"backwards"_s, {}, {9, 3}}};
        e.bodyOffset = 4'000'000;
        e.request.headers[0].valueRange = {5, 99'999};
        const Trace back = traceFromCbor(traceToCbor(Trace{{e}, std::nullopt}));
        QVERIFY(back.exchanges.first().anomalies.at(0).range.isEmpty());
        QVERIFY(back.exchanges.first().anomalies.at(1).range.isEmpty());
        QVERIFY(back.exchanges.first().request.headers.at(0).valueRange.isEmpty());
        QCOMPARE(back.exchanges.first().bodyOffset, -1);
    }

    void aRequestComesBack()
    {
        RequestSpec spec;
        spec.name = u"Müller's ### request"_s;
        spec.method = u"PURGE"_s;
        spec.url = u"{{base}}/a?b={{c}}"_s;
        spec.headers = {{u"X-A"_s, u"1"_s, true, u"folder billing"_s}, {u"X-B"_s, {}, false, {}}};
        spec.after = {u"login"_s, u"warm up"_s};
        spec.suppressedDefaults = {u"Accept"_s};
        spec.profileName = u"alice, lab"_s;
        spec.body.kind = BodyKind::Form;
        spec.body.contentType = u"text/x"_s;
        spec.body.text = u"###\nGET http://other/\n"_s;
        spec.body.form = {{u"a"_s, u"b\nc"_s, true}, {u"off"_s, u"x"_s, false}};
        spec.body.filePath = u"/tmp/x"_s;
        spec.body.fileIsTemplate = true;
        spec.body.fileEncoding = u"latin1"_s;
        spec.settings.encodeForm = false;
        spec.body.bytes = QByteArray("\xff\0x", 3);
        spec.body.pieces = {{"abc", {}}, {{}, u"/tmp/y"_s}};
        spec.settings.followRedirects = true;
        spec.settings.proxy = u"http://127.0.0.1:3128"_s;
        spec.settings.version = HttpVersion::Http2;
        spec.settings.resolve = {{u"a:1"_s, u"127.0.0.1"_s}};
        spec.settings.limits.bodyBytes = 77;
        QVERIFY(specFromCbor(specToCbor(spec)) == spec);
        QVERIFY(specFromCbor(specToCbor(RequestSpec())) == RequestSpec());
    }

    // ---- the files

    void anEntryComesBack()
    {
        HistoryRecord record = recordOf(1);
        record.trace = fullTrace();
        record.leftOut = {u"header Authorization"_s};
        record.spec.headers = {{u"X"_s, u"y"_s, true}};
        HistoryFolder files(folder(), {});
        QVERIFY(files.add(record));
        const Result<HistoryRecord> back = HistoryFolder::read(folder(), record.entry.id);
        QVERIFY2(back, qPrintable(back ? QString() : back.error().detail));
        QCOMPARE(TraceText::of(back->trace), TraceText::of(record.trace));
        QVERIFY(back->spec == record.spec);
        QCOMPARE(back->leftOut, record.leftOut);
        QCOMPARE(back->diagnosis, record.diagnosis);
        record.entry.bytes = QFileInfo(HistoryFolder::entryPath(folder(), record.entry.id)).size();
        QVERIFY(back->entry == record.entry);
        QVERIFY(list().at(0) == record.entry);
    }

    void onlyTheOwnerReads()
    {
        fill(2);
        const auto owner = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadUser | QFileDevice::WriteUser;
        QCOMPARE(QFileInfo(HistoryFolder::listPath(folder())).permissions(), QFileDevice::Permissions(owner));
        QCOMPARE(QFileInfo(HistoryFolder::entryPath(folder(), entryOf(1).id)).permissions(), QFileDevice::Permissions(owner));
        QCOMPARE(QFileInfo(folder()).permissions(), owner | QFileDevice::ExeOwner | QFileDevice::ExeUser);
    }

    void aSecondWriteReplaces()
    {
        fill(3);
        HistoryRecord again = recordOf(2);
        again.entry.status = 503;
        again.diagnosis = QJsonObject{{u"summary"_s, u"after the probes"_s}};
        HistoryFolder files(folder(), {});
        for (int i = 0; i < 200; ++i) // the list does not grow without end
            QVERIFY(files.add(again));
        QCOMPARE(idsOf(list()), (QStringList{entryOf(3).id, entryOf(2).id, entryOf(1).id}));
        QCOMPARE(list().at(1).status, 503);
        QCOMPARE(HistoryFolder::read(folder(), again.entry.id)->diagnosis, again.diagnosis);
        QVERIFY(contentsOf(HistoryFolder::listPath(folder())).count('\n') < 80);
    }

    void theOldestGo_data()
    {
        QTest::addColumn<int>("entries");
        QTest::addColumn<bool>("byBytes");
        QTest::newRow("too many") << 20 << false;
        QTest::newRow("too large") << 1000 << true;
    }

    void theOldestGo()
    {
        QFETCH(int, entries);
        QFETCH(bool, byBytes);
        HistoryLimits limits;
        limits.entries = entries;
        if (byBytes)
            limits.bytes = 20'000;
        fill(60, limits);
        const HistoryIndex kept = list();
        QVERIFY(kept.size() <= entries);
        QVERIFY(kept.totalBytes() <= limits.bytes);
        QVERIFY(kept.size() >= 10);
        for (qsizetype row = 0; row < kept.size(); ++row) // the newest, without a gap
            QCOMPARE(kept.id(row), entryOf(static_cast<int>(60 - row)).id);
        QCOMPARE(QDir(folder() + u"/entries"_s).entryList(QDir::Files).size(), kept.size());
    }

    void oneThatIsTooLargeIsKeptAlone()
    {
        HistoryLimits limits;
        limits.bytes = 100;
        fill(3, limits);
        QCOMPARE(idsOf(list()), QStringList{entryOf(3).id});
    }

    void removeTakesFilesAway()
    {
        fill(5);
        HistoryFolder files(folder(), {});
        const Result<HistoryIndex> rest = files.remove({entryOf(2).id, entryOf(4).id, u"unknown"_s});
        QVERIFY(rest);
        QCOMPARE(idsOf(*rest), (QStringList{entryOf(5).id, entryOf(3).id, entryOf(1).id}));
        QCOMPARE(idsOf(list()), idsOf(*rest));
        QVERIFY(!QFile::exists(HistoryFolder::entryPath(folder(), entryOf(2).id)));
        QVERIFY(QFile::exists(HistoryFolder::entryPath(folder(), entryOf(3).id)));
    }

    // ---- damage

    void aDamagedListIsMadeAgain()
    {
        fill(4);
        const QString path = HistoryFolder::listPath(folder());
        const QByteArray good = contentsOf(path);
        const QStringList all = idsOf(list());
        for (qsizetype at = 0; at < good.size(); at += 3) {
            QByteArray broken = good;
            broken[at] = char(broken.at(at) ^ 0x01);
            overwrite(path, broken);
            const Result<HistoryFolder::Checked> checked = HistoryFolder(folder(), {}).check();
            QVERIFY(checked);
            QVERIFY2(idsOf(checked->index) == all, QByteArray::number(at).constData());
            QCOMPARE(contentsOf(path), good); // and nothing to say at the next start
            if (at == good.size() - 1) // without its line end it looks like one that was not written to its end
                continue;
            QVERIFY2(checked->damage, QByteArray::number(at).constData());
            QVERIFY2(checked->damage->message.contains(path) && checked->damage->action.contains(u"nothing is missing"_s), qPrintable(checked->damage->action));
            QVERIFY(!HistoryFolder(folder(), {}).check()->damage);
        }
    }

    void aCutListIsMadeAgain()
    {
        fill(4);
        const QString path = HistoryFolder::listPath(folder());
        const QByteArray good = contentsOf(path);
        const QStringList all = idsOf(list());
        for (qsizetype size = 0; size <= good.size(); size += 5) {
            overwrite(path, good.first(size));
            const Result<HistoryFolder::Checked> checked = HistoryFolder(folder(), {}).check();
            QVERIFY(checked);
            QVERIFY2(idsOf(checked->index) == all, QByteArray::number(size).constData());
        }
        QVERIFY(QFile::remove(path));
        QCOMPARE(idsOf(HistoryFolder(folder(), {}).check()->index), all);
    }

    void addingGoesOnAfterDamage()
    {
        fill(2);
        const QString path = HistoryFolder::listPath(folder());
        overwrite(path, contentsOf(path).chopped(9)); // as a program leaves it that is killed while it writes
        HistoryFolder files(folder(), {});
        QVERIFY(files.add(recordOf(3)));
        QCOMPARE(list().damagedLines(), 0);
        QCOMPARE(idsOf(list()), (QStringList{entryOf(3).id, entryOf(1).id}));
        QCOMPARE(idsOf(files.check()->index), (QStringList{entryOf(3).id, entryOf(2).id, entryOf(1).id}));
    }

    void anyByteOfAnEntryMayBeWrong()
    {
        fill(2);
        const QString path = HistoryFolder::entryPath(folder(), entryOf(1).id);
        const QByteArray good = contentsOf(path);
        const QStringList trace = TraceText::of(HistoryFolder::read(folder(), entryOf(1).id)->trace);
        int refused = 0;
        for (qsizetype at = 0; at < good.size(); ++at) {
            QByteArray broken = good;
            broken[at] = char(broken.at(at) ^ 0x10);
            overwrite(path, broken);
            const Result<HistoryRecord> record = HistoryFolder::read(folder(), entryOf(1).id);
            if (record) // a byte that says nothing: of the unpacked size
                QCOMPARE(TraceText::of(record->trace), trace);
            else if (record.error().message.contains(path) && !record.error().action.isEmpty())
                ++refused;
        }
        QVERIFY(refused > good.size() * 9 / 10);
        for (qsizetype size = 0; size < good.size(); ++size) {
            overwrite(path, good.first(size));
            QVERIFY(!HistoryFolder::read(folder(), entryOf(1).id));
        }
        QVERIFY(HistoryFolder::read(folder(), entryOf(2).id)); // the other is not concerned
    }

    void aDamagedEntryWithoutALineIsPutAside()
    {
        fill(2);
        overwrite(HistoryFolder::entryPath(folder(), entryOf(9).id), "realmscope.history/1\nnonsense\n");
        overwrite(HistoryFolder::entryPath(folder(), entryOf(8).id), "realmscope.history/7\nof a later version\n");
        const Result<HistoryFolder::Checked> checked = HistoryFolder(folder(), {}).check();
        QVERIFY(checked && checked->damage);
        QCOMPARE(checked->index.size(), 2);
        QVERIFY(QFile::exists(folder() + u"/entries/"_s + entryOf(9).id + u".bad"_s));
        QVERIFY(QFile::exists(HistoryFolder::entryPath(folder(), entryOf(8).id)));
        QVERIFY(!HistoryFolder(folder(), {}).check()->damage);
    }

    void anEntryThatIsGoneLosesItsLine()
    {
        fill(3);
        QVERIFY(QFile::remove(HistoryFolder::entryPath(folder(), entryOf(2).id)));
        const Result<HistoryRecord> gone = HistoryFolder::read(folder(), entryOf(2).id);
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::FileUnreadable);
        QCOMPARE(HistoryFolder(folder(), {}).check()->index.size(), 2);
    }

    void aNewerFormatIsLeftAlone()
    {
        fill(1);
        const QByteArray newer = "realmscope.history-list/2\nsomething else\n";
        overwrite(HistoryFolder::listPath(folder()), newer);
        const Result<HistoryIndex> loaded = HistoryFolder::load(folder());
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, ErrorCode::Unsupported);
        QVERIFY(!HistoryFolder(folder(), {}).add(recordOf(2)));
        QVERIFY(!HistoryFolder(folder(), {}).check());
        QCOMPARE(contentsOf(HistoryFolder::listPath(folder())), newer);
    }

    void whatCannotBeReadIsToldAndNotOverwritten()
    {
        QVERIFY(QDir().mkpath(HistoryFolder::listPath(folder()))); // a folder: no rights are needed to make it unreadable, also for root
        const Result<HistoryIndex> loaded = HistoryFolder::load(folder());
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, ErrorCode::FileUnreadable);
        QVERIFY(loaded.error().message.contains(HistoryFolder::listPath(folder())));
        QVERIFY(!HistoryFolder(folder(), {}).add(recordOf(1)));

        History history(folder(), {});
        QSignalSpy failed(&history, &History::failed);
        QCOMPARE(history.index().size(), 0);
        QVERIFY(history.problem());
        history.keep(recordOf(1));
        history.keep(recordOf(2));
        history.waitForDone();
        QTRY_VERIFY(failed.size() > 0);
        QTest::qWait(50); // what is queued
        QCOMPARE(failed.size(), 1); // the same is told once
    }

    void aFullDiskCostsNothingElse()
    {
        fill(2);
        // Files of this process may not grow beyond this, which looks like a full disk. SIGXFSZ would end it.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        const QByteArray listBefore = contentsOf(HistoryFolder::listPath(folder()));
        for (const rlim_t room : {rlim_t(0), rlim_t(100), rlim_t(listBefore.size() + 3)}) {
            rlimit tight = before;
            tight.rlim_cur = room;
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
            const Result<HistoryIndex> added = HistoryFolder(folder(), {}).add(recordOf(3));
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
            QVERIFY(!added);
            QCOMPARE(added.error().code, ErrorCode::FileUnwritable);
            QVERIFY(!added.error().action.isEmpty());
            QCOMPARE(contentsOf(HistoryFolder::listPath(folder())), listBefore);
            QCOMPARE(HistoryFolder(folder(), {}).check()->index.size(), 2);
        }
        QVERIFY(HistoryFolder(folder(), {}).add(recordOf(3)));
        QCOMPARE(list().size(), 3);
    }

    // ---- other programs, and those that are killed

    void killedWhileWriting()
    {
        int known = 0;
        for (int round = 0; round < 12; ++round) {
            const std::unique_ptr<QProcess> writer(startWriter(folder(), 1000 * (round + 1), 900));
            QVERIFY(writer->waitForStarted());
            QByteArray told;
            while (told.count('\n') < 3 + round) {
                QVERIFY(writer->waitForReadyRead());
                told += writer->readAll();
            }
            ::kill(static_cast<pid_t>(writer->processId()), SIGKILL);
            writer->waitForFinished();
            told += writer->readAll();
            QCOMPARE(writer->exitStatus(), QProcess::CrashExit);
            known += static_cast<int>(told.count('\n'));

            const QStringList ids = idsOf(list());
            for (const QByteArray &id : told.split('\n').first(told.count('\n'))) {
                QVERIFY2(ids.contains(QString::fromLatin1(id)), id.constData());
                const Result<HistoryRecord> record = HistoryFolder::read(folder(), QString::fromLatin1(id));
                QVERIFY2(record, id.constData());
            }
            const Result<HistoryFolder::Checked> checked = HistoryFolder(folder(), {}).check();
            QVERIFY2(checked, qPrintable(checked ? QString() : checked.error().message)); // its lock is no hindrance
            QVERIFY(!checked->damage);
            // At most one more: the one that was under way was whole already.
            QVERIFY(checked->index.size() >= known && checked->index.size() <= known + 1);
            known = static_cast<int>(checked->index.size());
            for (const QString &name : QDir(folder() + u"/entries"_s).entryList(QDir::Files))
                QVERIFY2(name.endsWith(u".trace"_s), qPrintable(name));
        }
    }

    void twoProgramsAtOnce()
    {
        constexpr int each = 40;
        const std::unique_ptr<QProcess> one(startWriter(folder(), 1, each));
        const std::unique_ptr<QProcess> other(startWriter(folder(), 1000, each));
        for (QProcess *process : {one.get(), other.get()}) {
            QVERIFY(process->waitForFinished(60'000));
            QCOMPARE(process->exitCode(), 0);
        }
        const HistoryIndex both = list();
        QCOMPARE(both.damagedLines(), 0);
        QCOMPARE(both.size(), 2 * each);
        for (qsizetype row = 0; row < both.size(); ++row) {
            const Result<HistoryRecord> record = HistoryFolder::read(folder(), both.id(row));
            QVERIFY(record);
            QCOMPARE(record->entry.url, both.at(row).url);
        }
    }

    // ---- for the window

    void keptAsideAndTold()
    {
        History history(folder(), {});
        QSignalSpy changed(&history, &History::changed);
        QCOMPARE(history.index().size(), 0);
        history.keep(recordOf(1));
        history.keep(recordOf(2));
        QTRY_COMPARE(history.index().size(), 2);
        QVERIFY(changed.size() > 0);
        const Result<HistoryRecord> record = history.read(entryOf(1).id);
        QVERIFY(record);
        QCOMPARE(record->diagnosis.value(u"summary"_s).toString(), u"number 1"_s);
        history.setKeeping(false);
        history.keep(recordOf(3));
        history.setKeeping(true);
        history.keep(recordOf(4));
        QTRY_COMPARE(idsOf(history.index()), (QStringList{entryOf(4).id, entryOf(2).id, entryOf(1).id}));
        history.remove({entryOf(2).id});
        QTRY_COMPARE(history.index().size(), 2);

        // Another program adds one.
        QVERIFY(HistoryFolder(folder(), {}).add(recordOf(9)));
        history.reload();
        QCOMPARE(history.index().id(0), entryOf(9).id);
    }

    void writtenBeforeItGoes()
    {
        {
            History history(folder(), {});
            for (int number = 1; number <= 20; ++number)
                history.keep(recordOf(number));
        }
        QCOMPARE(list().size(), 20);
    }

    void damageIsToldOnce()
    {
        fill(3);
        QByteArray broken = contentsOf(HistoryFolder::listPath(folder()));
        broken[40] = '#';
        overwrite(HistoryFolder::listPath(folder()), broken);
        History history(folder(), {});
        QSignalSpy failed(&history, &History::failed);
        QCOMPARE(history.index().size(), 2);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(history.index().size(), 3); // made again
    }
};

} // namespace realmscope

using namespace realmscope;

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (const QStringList words = qEnvironmentVariable("REALMSCOPE_TEST_WRITER").split(u' '); words.size() >= 3) {
        HistoryFolder files(words.mid(2).join(u' '), {});
        const int first = words.at(0).toInt();
        for (int number = first; number < first + words.at(1).toInt(); ++number) {
            const Result<HistoryIndex> added = files.add(recordOf(number));
            if (!added) {
                std::fprintf(stderr, "%s\n", qPrintable(added.error().message));
                return 1;
            }
            std::printf("%s\n", qPrintable(recordOf(number).entry.id));
            std::fflush(stdout);
        }
        return 0;
    }
    HistoryTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_history.moc"
