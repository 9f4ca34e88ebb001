# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    widgets/Buttons.cpp widgets/Buttons.h
    widgets/ElidedLabel.cpp widgets/ElidedLabel.h
    widgets/KeyHint.cpp widgets/KeyHint.h
    widgets/RequestPaint.cpp widgets/RequestPaint.h
    widgets/SearchField.cpp widgets/SearchField.h
    widgets/SecretClipboard.cpp widgets/SecretClipboard.h
    widgets/SecretField.cpp widgets/SecretField.h
    widgets/TabOrder.cpp widgets/TabOrder.h)
