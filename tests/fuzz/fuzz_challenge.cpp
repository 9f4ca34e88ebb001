// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The values of WWW-Authenticate, one field line after the other, a NUL between them (no field value holds one).
#include "app/auth/Challenge.h"

#include "tests/fuzz/Fuzz.h"

using namespace realmscope;
using namespace realmscope::fuzz;

namespace {

bool isWithin(ByteRange inner, ByteRange outer)
{
    return outer.begin <= inner.begin && inner.begin <= inner.end && inner.end <= outer.end;
}

// quoted-pair, RFC 9110 section 5.6.4. A backslash at the very end pairs with nothing.
QByteArray withoutQuotedPairs(QByteArrayView text)
{
    QByteArray out;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size())
            ++at;
        out += text[at];
    }
    return out;
}

void checkPlaces(const Challenge &challenge, QByteArrayView line)
{
    const ByteRange all{0, line.size()};
    require(isWithin(challenge.range, all), "a challenge stands within its line");
    for (const ChallengeProblem &problem : challenge.problems)
        require(isWithin(problem.range, all), "a problem stands within its line");
    const QByteArrayView text = line.sliced(challenge.range.begin, challenge.range.size());
    require(text.startsWith(challenge.scheme), "a challenge begins with its scheme");
    require(challenge.token68.isEmpty() || text.endsWith(challenge.token68), "a token68 stands at the end of its challenge");
    require(challenge.token68.isEmpty() || challenge.params.isEmpty(), "there is a token68, or there are parameters");
    qsizetype end = challenge.range.begin;
    for (const AuthParam &param : challenge.params) {
        require(isWithin(param.range, challenge.range), "a parameter stands within its challenge");
        require(isWithin(param.valueRange, param.range), "a value stands within its parameter");
        require(param.range.begin >= end, "parameters stand one behind the other");
        end = param.range.end;
        require(line.sliced(param.range.begin).startsWith(param.name), "a parameter begins with its name");
        const QByteArrayView value = line.sliced(param.valueRange.begin, param.valueRange.size());
        require(param.quoted ? withoutQuotedPairs(value) == param.value : value == param.value, "a value stands where it is said to");
    }
}

bool isSame(const Challenge &a, const Challenge &b)
{
    return a.scheme == b.scheme && a.token68 == b.token68
        && std::equal(a.params.begin(), a.params.end(), b.params.begin(), b.params.end(),
                      [](const AuthParam &x, const AuthParam &y) { return x.name == y.name && x.value == y.value; });
}

// As the grammar of RFC 9110 section 11.3 has it.
QByteArray written(const Challenge &challenge)
{
    QByteArray out = challenge.scheme;
    if (!challenge.token68.isEmpty())
        out += ' ' + challenge.token68;
    for (qsizetype i = 0; i < challenge.params.size(); ++i)
        out += (i > 0 ? ", " : out.isEmpty() ? "" : " ") + challenge.params.at(i).name + '=' + quoteString(challenge.params.at(i).value);
    return out;
}

void checkWriting(const Challenge &challenge)
{
    const ChallengeList again = parseChallenges({written(challenge)});
    require(again.challenges.size() == 1, "a challenge written by the grammar is one challenge");
    require(isSame(again.challenges.first(), challenge), "a challenge written by the grammar is read as it was");
}

void checkCredentials(const QByteArray &line)
{
    const Challenge credentials = parseCredentials(line);
    const ByteRange all{0, line.size()};
    require(isWithin(credentials.range, all), "credentials stand within the value");
    for (const ChallengeProblem &problem : credentials.problems)
        require(isWithin(problem.range, all), "a problem of credentials stands within the value");
    for (const AuthParam &param : credentials.params)
        require(isWithin(param.range, all) && isWithin(param.valueRange, param.range), "a parameter stands within the value");
    require(credentials.token68.isEmpty() || line.contains(credentials.token68), "a token68 is what the value holds");
    require(credentials.scheme.isEmpty() || line.trimmed().startsWith(credentials.scheme) || !credentials.params.isEmpty(),
            "a scheme is what the value begins with");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QList<QByteArray> lines = bytes(data, size).split('\0');
    const ChallengeList list = parseChallenges(lines);
    QList<Challenge> apart;
    qsizetype problems = 0;
    for (qsizetype line = 0; line < lines.size(); ++line) {
        const ChallengeList one = parseChallenges({lines.at(line)});
        problems += one.problems.size();
        for (Challenge challenge : one.challenges) {
            challenge.line = line;
            apart << challenge;
        }
        checkCredentials(lines.at(line));
    }
    require(apart.size() == list.challenges.size() && problems == list.problems.size(), "each line is read by itself");
    qsizetype line = 0;
    qsizetype end = 0;
    for (qsizetype i = 0; i < apart.size(); ++i) {
        const Challenge &challenge = list.challenges.at(i);
        require(isSame(challenge, apart.at(i)) && challenge.line == apart.at(i).line && challenge.range == apart.at(i).range,
                "a line is read the same with others around it");
        require(challenge.line > line || (challenge.line == line && challenge.range.begin >= end), "challenges stand one behind the other");
        line = challenge.line;
        end = challenge.range.end;
        checkPlaces(challenge, lines.at(line));
        checkWriting(challenge);
    }
    return 0;
}
