# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    widgets/Buttons.cpp widgets/Buttons.h
    widgets/CodeBlock.cpp widgets/CodeBlock.h
    widgets/ElidedLabel.cpp widgets/ElidedLabel.h
    widgets/FlatTable.cpp widgets/FlatTable.h
    widgets/Hairline.cpp widgets/Hairline.h
    widgets/HintButton.cpp widgets/HintButton.h
    widgets/KeyHint.cpp widgets/KeyHint.h
    widgets/ListPane.cpp widgets/ListPane.h
    widgets/NoticeBar.cpp widgets/NoticeBar.h
    widgets/ProseLabel.cpp widgets/ProseLabel.h
    widgets/RequestPaint.cpp widgets/RequestPaint.h
    widgets/SearchField.cpp widgets/SearchField.h
    widgets/SecretClipboard.cpp widgets/SecretClipboard.h
    widgets/SecretField.cpp widgets/SecretField.h
    widgets/Sentence.cpp widgets/Sentence.h
    widgets/TabOrder.cpp widgets/TabOrder.h)
