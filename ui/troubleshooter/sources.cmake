# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE troubleshooter/Section.cpp troubleshooter/Section.h troubleshooter/StepList.cpp
    troubleshooter/StepList.h troubleshooter/TroubleshooterPanel.cpp troubleshooter/TroubleshooterPanel.h
    troubleshooter/VerdictBadge.cpp troubleshooter/VerdictBadge.h)
