// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

namespace realmscope::test {

// Certificates made by the openssl program: ca signs server, expired, elsewhere and client; selfsigned signs itself.
class Certificates
{
public:
    // What went wrong, or an empty text.
    [[nodiscard]] QString make()
    {
        using namespace Qt::StringLiterals;
        write(u"leaf.cnf"_s, "basicConstraints=CA:false\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n");
        write(u"elsewhere.cnf"_s, "basicConstraints=CA:false\nsubjectAltName=DNS:elsewhere.example,DNS:*.elsewhere.example\n");
        write(u"client.cnf"_s, "basicConstraints=CA:false\nextendedKeyUsage=clientAuth\n");
        const QString key = u"-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"_s;
        openssl(u"req -x509 %1 -keyout ca.key -out ca.pem -days 30 -subj /O=Realmscope/CN=TestCA"_s.arg(key));
        openssl(u"req -x509 %1 -keyout otherca.key -out otherca.pem -days 30 -subj /CN=OtherCA"_s.arg(key));
        openssl(u"req -x509 %1 -keyout selfsigned.key -out selfsigned.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"_s.arg(key));
        sign(u"server"_s, u"ca"_s, u"leaf.cnf"_s, u"/O=Realmscope/OU=Tests/CN=localhost"_s, u"30"_s);
        sign(u"expired"_s, u"ca"_s, u"leaf.cnf"_s, u"/CN=localhost"_s, u"-1"_s);
        sign(u"elsewhere"_s, u"ca"_s, u"elsewhere.cnf"_s, u"/CN=elsewhere.example"_s, u"30"_s);
        sign(u"client"_s, u"ca"_s, u"client.cnf"_s, u"/CN=alice"_s, u"30"_s);
        sign(u"stranger"_s, u"otherca"_s, u"client.cnf"_s, u"/CN=mallory"_s, u"30"_s);
        openssl(u"pkcs8 -topk8 -in client.key -out client.enc.key -passout pass:sesame -v2 aes-256-cbc"_s);
        openssl(u"genpkey -algorithm ed25519 -out ed.key"_s);
        openssl(u"req -new -key ed.key -subj /CN=edith -out ed.csr"_s);
        openssl(u"x509 -req -in ed.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile client.cnf -out ed.pem"_s);
        return m_trouble;
    }
    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }
    [[nodiscard]] QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    // Standard output of openssl with these arguments, separated by spaces.
    QByteArray openssl(const QString &arguments)
    {
        QProcess process;
        process.setWorkingDirectory(m_dir.path());
        process.start(QStringLiteral("openssl"), arguments.split(u' '));
        if (!process.waitForFinished() || process.exitCode() != 0)
            m_trouble += arguments + QStringLiteral(": ") + process.errorString() + QString::fromUtf8(process.readAllStandardError());
        return process.readAllStandardOutput();
    }

private:
    void write(const QString &name, const QByteArray &content)
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            m_trouble += name;
    }
    void sign(const QString &name, const QString &ca, const QString &extensions, const QString &subject, const QString &days)
    {
        openssl(QStringLiteral("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %1.key -out %1.csr -subj %2").arg(name, subject));
        openssl(QStringLiteral("x509 -req -in %1.csr -CA %2.pem -CAkey %2.key -CAcreateserial -days %3 -extfile %4 -out %1.pem")
                    .arg(name, ca, days, extensions));
    }

    QTemporaryDir m_dir;
    QString m_trouble;
};

} // namespace realmscope::test
