# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE credentials/CredentialsPage.cpp credentials/CredentialsPage.h
    credentials/OriginQuestion.cpp credentials/OriginQuestion.h
    credentials/ProfileForm.cpp credentials/ProfileForm.h credentials/ProfileModel.cpp credentials/ProfileModel.h)
