# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    request/AuthEditor.cpp request/AuthEditor.h
    request/BodyEditor.cpp request/BodyEditor.h
    request/MaskedHeader.cpp request/MaskedHeader.h
    request/MenuChip.cpp request/MenuChip.h
    request/PairModel.cpp request/PairModel.h
    request/PairTable.cpp request/PairTable.h
    request/RequestEditor.cpp request/RequestEditor.h
    request/RequestHeadersModel.cpp request/RequestHeadersModel.h
    request/RequestTab.cpp request/RequestTab.h
    request/SectionBar.cpp request/SectionBar.h
    request/SettingsEditor.cpp request/SettingsEditor.h
    request/UrlEdit.cpp request/UrlEdit.h
    request/UrlRow.cpp request/UrlRow.h
    request/VariableText.cpp request/VariableText.h)
