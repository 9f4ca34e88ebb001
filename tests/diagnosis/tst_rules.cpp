// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Rule.h"
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QDir>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QList<RuleCase> allCases(QString *error)
{
    const QDir dir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases"));
    QList<RuleCase> cases;
    for (const QString &name : dir.entryList({u"*.txt"_s}, QDir::Files))
        cases += readRuleCases(dir.filePath(name), error);
    return cases;
}

QString describe(const Diagnosis &diagnosis)
{
    QStringList lines{u"%1 %2: %3"_s.arg(outcomeKindId(diagnosis.outcome.kind)).arg(diagnosis.outcome.status).arg(diagnosis.summary)};
    for (const Finding &finding : diagnosis.findings)
        lines.append(u"  %1%2 (%3, %4)"_s.arg(finding.role == FindingRole::Note ? u"note "_s : QString(), finding.cause,
                                             verdictId(finding.verdict), QString::number(finding.weight)));
    return lines.join(u'\n');
}

} // namespace

class RulesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRuleHasACaseThatIsItAndOneThatIsNot()
    {
        QString error;
        const QList<RuleCase> cases = allCases(&error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        QStringList missing;
        for (const Rule &rule : allRules()) {
            for (const bool isCause : {true, false}) {
                const bool has = std::ranges::any_of(cases, [&](const RuleCase &one) { return one.cause == rule.id && one.isCause == isCause; });
                if (!has)
                    missing.append(rule.id + (isCause ? u" (is)"_s : u" (is not)"_s));
            }
        }
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u", "_s)));
        for (const RuleCase &one : cases)
            QVERIFY2(std::ranges::any_of(allRules(), [&](const Rule &rule) { return rule.id == one.cause; }), qPrintable(u"no rule is called "_s + one.cause));
    }

    void ruleCase_data()
    {
        QTest::addColumn<int>("index");
        QString error;
        m_cases = allCases(&error);
        for (qsizetype i = 0; i < m_cases.size(); ++i) {
            const RuleCase &one = m_cases.at(i);
            QTest::newRow(qPrintable(u"%1 %2: %3"_s.arg(one.cause, one.isCause ? u"is"_s : u"is not"_s, one.name))) << int(i);
        }
    }

    void ruleCase()
    {
        QFETCH(int, index);
        const RuleCase &one = m_cases.at(index);
        const Diagnosis diagnosis = diagnose(one.trace, one.context);
        const Finding *first = diagnosis.primary();
        const QByteArray shown = describe(diagnosis).toUtf8();
        QCOMPARE(diagnosis.checklist.size(), 9);
        if (one.isCause) {
            QVERIFY2(first && first->cause == one.cause, shown.constData());
            if (one.verdict.isEmpty())
                QVERIFY2(first->verdict != Verdict::Possible, shown.constData());
            else
                QVERIFY2(verdictId(first->verdict) == one.verdict, shown.constData());
            QVERIFY2(!first->evidence.isEmpty() && !first->title.isEmpty() && !first->explanation.isEmpty() && !first->sources.isEmpty(), shown.constData());
            return;
        }
        QVERIFY2(!first || first->cause != one.cause, shown.constData());
        for (const Finding &finding : diagnosis.findings)
            QVERIFY2(finding.cause != one.cause || finding.verdict != Verdict::Proven || finding.role == FindingRole::Note, shown.constData());
        if (one.instead == u"no-finding")
            QVERIFY2(!first, shown.constData());
        else if (!one.instead.isEmpty())
            QVERIFY2(first && first->cause == one.instead, shown.constData());
    }

    // Evidence that points at bytes points inside the message it names.
    void evidenceRangesLieInTheMessage_data() { ruleCase_data(); }
    void evidenceRangesLieInTheMessage()
    {
        QFETCH(int, index);
        const RuleCase &one = m_cases.at(index);
        const Diagnosis diagnosis = diagnose(one.trace, one.context);
        for (const Finding &finding : diagnosis.findings) {
            for (const Evidence &evidence : finding.evidence) {
                if (evidence.range.isEmpty())
                    continue;
                QVERIFY2(evidence.exchange >= 0 && evidence.exchange < one.trace.exchanges.size(), qPrintable(finding.cause));
                const Exchange &exchange = one.trace.exchanges.at(evidence.exchange);
                const bool isRequest = evidence.part == EvidencePart::RequestLine || evidence.part == EvidencePart::RequestHeader
                    || evidence.part == EvidencePart::RequestBody || evidence.part == EvidencePart::Token;
                const RecordedBytes &bytes = isRequest ? exchange.rawRequest : exchange.rawResponse;
                QVERIFY2(evidence.range.begin >= 0 && evidence.range.end <= bytes.size(), qPrintable(finding.cause + u": "_s + evidence.text));
            }
        }
    }

    // A diagnosis says nothing that a credential is made of.
    void noSecretInWords_data() { ruleCase_data(); }
    void noSecretInWords()
    {
        QFETCH(int, index);
        const RuleCase &one = m_cases.at(index);
        const Diagnosis diagnosis = diagnose(one.trace, one.context);
        for (const Finding &finding : diagnosis.findings) {
            QStringList words{finding.title, finding.summary, finding.explanation};
            for (const Evidence &evidence : finding.evidence)
                words.append(evidence.text);
            for (const Fix &fix : finding.fixes)
                words << fix.title << fix.detail << fix.snippet;
            for (const auto &secret : {u"Hedge-17"_s, u"Hedge%2B17"_s, u"57ab9921de"_s, u"8c2d11f0aa93e7b4"_s, u"9944b09199c62bcf"_s,
                                       u"bWFkZS11cC1zaWduYXR1cmU"_s, u"green hedge"_s})
                QVERIFY2(!words.join(u'\n').contains(secret), qPrintable(finding.cause + u": "_s + words.join(u" | "_s)));
        }
    }

private:
    QList<RuleCase> m_cases;
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::RulesTest)
#include "tst_rules.moc"
