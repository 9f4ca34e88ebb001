# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE vault/AutoLock.cpp vault/AutoLock.h vault/PassphraseDialog.cpp vault/PassphraseDialog.h
    vault/VaultBar.cpp vault/VaultBar.h vault/VaultDialog.cpp vault/VaultDialog.h)
