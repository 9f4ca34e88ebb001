// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class NoneScheme final : public AuthScheme
{
public:
    QString id() const override { return u"none"_s; }
    QString whenItFails() const override
    {
        return u"The server wants a credential after all: its challenge says which kind."_s;
    }
    QString title() const override { return u"No authentication"_s; }
    QString summary() const override { return u"Sends the request without any credential."_s; }
    QString safety() const override { return u"Nothing secret is sent."_s; }
    QStringList sources() const override { return {}; }
    QList<SchemeField> fields() const override { return {}; }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {}; }
    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        SendStep step;
        step.request = std::move(context.request);
        return std::make_unique<OneShotFlow>(std::move(step));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeNoneScheme() { return std::make_unique<NoneScheme>(); }

} // namespace realmscope
