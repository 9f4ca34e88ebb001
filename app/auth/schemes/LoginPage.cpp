// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/LoginPage.h"

#include <QtCore/QMap>
#include <QtCore/QString>

namespace realmscope {

namespace {

struct HtmlTag
{
    QByteArray name; // lower case, with "/" in front for an end tag
    QMap<QByteArray, QByteArray> attributes; // names in lower case; of two with one name the first (HTML section 13.2.5.33)
};

bool isHtmlSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

QByteArray resolveReferences(QByteArray text)
{
    for (qsizetype at = text.indexOf("&#"); at >= 0; at = text.indexOf("&#", at + 1)) {
        const qsizetype end = text.indexOf(';', at);
        const bool isHex = at + 2 < text.size() && (text.at(at + 2) == 'x' || text.at(at + 2) == 'X');
        bool ok = false;
        const uint code = end < 0 ? 0 : text.mid(at + (isHex ? 3 : 2), end - at - (isHex ? 3 : 2)).toUInt(&ok, isHex ? 16 : 10);
        if (ok && code > 0 && code <= 0x10ffff)
            text.replace(at, end - at + 1, QString::fromUcs4(reinterpret_cast<const char32_t *>(&code), 1).toUtf8());
    }
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&");
}

// The tag that begins at html[at] == '<'; at is set behind it.
HtmlTag readTag(const QByteArray &html, qsizetype &at)
{
    HtmlTag tag;
    const qsizetype size = html.size();
    for (++at; at < size && !isHtmlSpace(html.at(at)) && html.at(at) != '>' && (html.at(at) != '/' || tag.name.isEmpty()); ++at)
        tag.name += html.at(at);
    tag.name = tag.name.toLower();
    while (at < size && html.at(at) != '>') {
        if (isHtmlSpace(html.at(at)) || html.at(at) == '/') {
            ++at;
            continue;
        }
        QByteArray name, value;
        for (; at < size && !isHtmlSpace(html.at(at)) && html.at(at) != '=' && html.at(at) != '>' && html.at(at) != '/'; ++at)
            name += html.at(at);
        qsizetype ahead = at;
        while (ahead < size && isHtmlSpace(html.at(ahead)))
            ++ahead;
        if (ahead < size && html.at(ahead) == '=') {
            for (at = ahead + 1; at < size && isHtmlSpace(html.at(at)); ++at) {}
            if (at < size && (html.at(at) == '"' || html.at(at) == '\'')) {
                const char quote = html.at(at++);
                for (; at < size && html.at(at) != quote; ++at)
                    value += html.at(at);
                ++at;
            } else {
                for (; at < size && !isHtmlSpace(html.at(at)) && html.at(at) != '>'; ++at)
                    value += html.at(at);
            }
        } else if (name.isEmpty()) {
            ++at;
        }
        name = name.toLower();
        if (!name.isEmpty() && !tag.attributes.contains(name))
            tag.attributes.insert(name, resolveReferences(value));
    }
    ++at;
    return tag;
}

} // namespace

LoginPage readLoginPage(const QByteArray &html)
{
    LoginPage page;
    LoginPage form; // the one that is open
    LoginPage loose; // hidden inputs outside of the form that is looked for
    bool isOpen = false;
    const auto close = [&] {
        if (isOpen && form.hasPassword && !page.hasPassword) {
            page.action = form.action;
            page.hidden = form.hidden;
            page.hasPassword = true;
        } else if (isOpen) {
            loose.hidden += form.hidden;
        }
        isOpen = false;
        form = {};
    };
    for (qsizetype at = html.indexOf('<'); at >= 0 && at < html.size(); at = html.indexOf('<', at)) {
        if (html.mid(at, 4) == "<!--") {
            const qsizetype end = html.indexOf("-->", at + 4);
            at = end < 0 ? html.size() : end + 3;
            continue;
        }
        const HtmlTag tag = readTag(html, at);
        const auto value = [&](const char *name) { return tag.attributes.value(name); };
        if (tag.name == "script" || tag.name == "style") {
            const qsizetype end = html.indexOf("</" + tag.name, at); // in the case it was written in, or not at all
            at = end < 0 ? at : end;
        } else if (tag.name == "form") {
            close();
            isOpen = true;
            form.action = value("action").trimmed();
        } else if (tag.name == "/form") {
            close();
        } else if (tag.name == "meta" && !value("name").isEmpty()) {
            page.metas.append({value("name"), value("content")});
        } else if (tag.name == "input") {
            const QByteArray type = value("type").trimmed().toLower();
            if (type == "password")
                (isOpen ? form : loose).hasPassword = true;
            else if (type == "hidden" && !value("name").isEmpty())
                (isOpen ? form : loose).hidden.append({value("name"), value("value")});
        }
    }
    close();
    if (!page.hasPassword) {
        page.hidden = loose.hidden;
        page.hasPassword = loose.hasPassword;
    }
    return page;
}

} // namespace realmscope
