// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/ApplyFix.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

Fix fixOf(const QList<RequestEdit> &edits)
{
    Fix fix;
    fix.id = u"a-fix"_s;
    fix.title = u"A fix"_s;
    fix.automatic = true;
    fix.edits = edits;
    return fix;
}

RequestSpec specOf()
{
    RequestSpec spec;
    spec.url = u"http://a.example/x"_s;
    spec.headers = {{u"Accept"_s, u"*/*"_s}, {u"authorization"_s, u"Bearer one"_s}, {u"Authorization"_s, u"Bearer two"_s}};
    return spec;
}

QStringList valuesOf(const RequestSpec &spec, const QString &name)
{
    QStringList values;
    for (const SpecHeader &header : spec.headers) {
        if (header.enabled && header.name.compare(name, Qt::CaseInsensitive) == 0)
            values.append(header.value);
    }
    return values;
}

} // namespace

class ApplyFixTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void setHeaderLeavesOneOfThatName()
    {
        const Result<FixResult> result = applyFix(fixOf({{EditKind::SetHeader, "Authorization", "Basic eA=="}}), specOf(), {});
        QVERIFY(result);
        QCOMPARE(valuesOf(result->spec, u"Authorization"_s), QStringList{u"Basic eA=="_s});
        QCOMPARE(valuesOf(result->spec, u"Accept"_s), QStringList{u"*/*"_s});
    }
    void setHeaderAddsOneThatIsNotThere()
    {
        const Result<FixResult> result = applyFix(fixOf({{EditKind::SetHeader, "X-Api-Key", "k"}}), specOf(), {});
        QVERIFY(result);
        QCOMPARE(valuesOf(result->spec, u"X-Api-Key"_s), QStringList{u"k"_s});
    }
    void removeHeader()
    {
        const Result<FixResult> result = applyFix(fixOf({{EditKind::RemoveHeader, "AUTHORIZATION", {}}}), specOf(), {});
        QVERIFY(result);
        QVERIFY(valuesOf(result->spec, u"Authorization"_s).isEmpty());
        QCOMPARE(valuesOf(result->spec, u"Accept"_s).size(), 1);
    }
    void urlMethodAndRedirects()
    {
        const Result<FixResult> result = applyFix(fixOf({{EditKind::SetUrl, {}, "http://b.example/y"}, {EditKind::SetMethod, {}, "PUT"}, {EditKind::SetFollowRedirects, {}, "true"}}), specOf(), {});
        QVERIFY(result);
        QCOMPARE(result->spec.url, u"http://b.example/y"_s);
        QCOMPARE(result->spec.method, u"PUT"_s);
        QVERIFY(result->spec.settings.followRedirects);
        QVERIFY(!result->needsUser);
    }
    void editsOfAProfile()
    {
        CredentialProfile profile = CredentialProfile::create(u"mine"_s, u"basic"_s);
        profile.origins = {u"http://a.example"_s};
        const Result<FixResult> result = applyFix(
            fixOf({{EditKind::SetProfileScheme, {}, "digest"}, {EditKind::SetProfileField, "username", "ann"}, {EditKind::SetProfileSecret, "password", "Hedge-17"},
                   {EditKind::SetAddressOrigin, {}, "http://b.example"}, {EditKind::SetAddressOrigin, {}, "http://a.example"}}),
            specOf(), profile);
        QVERIFY(result);
        QCOMPARE(result->profile->schemeId, u"digest"_s);
        QCOMPARE(result->profile->fields.value(u"username"_s), u"ann"_s);
        QCOMPARE(result->profile->origins, QStringList({u"http://a.example"_s, u"http://b.example"_s}));
        QCOMPARE(result->newSecrets.value(u"password"_s).revealBytes(), "Hedge-17"_ba);
        QVERIFY(!result->profile->fields.contains(u"password"_s)); // a secret is no field
        QCOMPARE(profile.schemeId, u"basic"_s);                    // pure
    }
    void takesTheUserToTheField()
    {
        const Result<FixResult> result = applyFix(fixOf({{EditKind::EditCredential, "password", {}}}), specOf(), {});
        QVERIFY(result);
        QVERIFY(result->needsUser);
        QCOMPARE(result->focusField, u"password"_s);
        QVERIFY(result->spec == specOf());
    }
    void anAdviceCannotBeApplied()
    {
        Fix fix;
        fix.title = u"Ask somebody"_s;
        const Result<FixResult> result = applyFix(fix, specOf(), {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidInput);
        QVERIFY(result.error().message.contains(u"Ask somebody"_s));
    }
    void aProfileIsNeeded()
    {
        const Result<FixResult> result = applyFix(fixOf({{EditKind::SetProfileScheme, {}, "digest"}}), specOf(), {});
        QVERIFY(!result);
        QVERIFY(!result.error().action.isEmpty());
    }
};

QTEST_GUILESS_MAIN(ApplyFixTest)
#include "tst_applyfix.moc"
