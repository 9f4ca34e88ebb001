# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    theme/Icons.cpp theme/Icons.h
    theme/RealmscopeStyle.cpp theme/RealmscopeStyle.h
    theme/StylePaint.cpp theme/StylePaint.h
    theme/Theme.cpp theme/Theme.h
    theme/Tokens.cpp theme/Tokens.h)
