# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0

# One INTERFACE target carries every compiler and Qt flag, so that no target can differ.
add_library(realmscope_flags INTERFACE)
target_compile_features(realmscope_flags INTERFACE cxx_std_20)
target_include_directories(realmscope_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(realmscope_flags INTERFACE
    REALMSCOPE_VERSION="${PROJECT_VERSION}"
    QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII
    QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_URL_CAST_FROM_STRING
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_NO_KEYWORDS
    QT_NO_FOREACH
    QT_DISABLE_DEPRECATED_BEFORE=0x060400)
# What a later Qt deprecates in favour of what 6.4 does not have yet.
if(Qt6_VERSION VERSION_GREATER_EQUAL 6.5)
    target_compile_definitions(realmscope_flags INTERFACE QT_WARN_DEPRECATED_UP_TO=0x060400)
endif()
target_compile_options(realmscope_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast
    -Woverloaded-virtual -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror
    -fstack-protector-strong
    # GCC 12 sees uninitialised values in every std::optional that is looked at when optimising (GCC bug 80635).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
if(REALMSCOPE_SANITIZE)
    target_compile_options(realmscope_flags INTERFACE
        -fsanitize=${REALMSCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
        -U_FORTIFY_SOURCE)
    target_link_options(realmscope_flags INTERFACE -fsanitize=${REALMSCOPE_SANITIZE})
endif()

if(REALMSCOPE_FUZZ)
    # Coverage in every library; the loop of libFuzzer only in its targets (tests/fuzz).
    set(fuzz -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow)
    target_compile_options(realmscope_flags INTERFACE ${fuzz} -fno-omit-frame-pointer -fno-sanitize-recover=all -U_FORTIFY_SOURCE)
    target_link_options(realmscope_flags INTERFACE ${fuzz})
endif()

find_program(REALMSCOPE_MOLD mold)
if(REALMSCOPE_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_link_options(realmscope_flags INTERFACE -fuse-ld=mold)
endif()

# realmscope_library(<name> SOURCES <files> [LINK <targets>])
# A static library for one folder. LINK is PUBLIC: the link graph is the architecture.
function(realmscope_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC realmscope_flags ${arg_LINK})
    # Twelve files a compiler run: names in anonymous namespaces are unique within a folder.
    set_target_properties(${name} PROPERTIES UNITY_BUILD ${REALMSCOPE_UNITY} UNITY_BUILD_BATCH_SIZE 12)
    if(REALMSCOPE_PCH)
        target_precompile_headers(${name} PRIVATE
            <QtCore/QByteArray> <QtCore/QString> <QtCore/QList> <QtCore/QHash>
            <QtCore/QJsonObject> <QtCore/QJsonArray> <QtCore/QJsonDocument> <QtCore/QDateTime>
            <QtCore/QObject> <QtCore/QFile> <functional> <memory> <optional> <vector> <variant>)
    endif()
endfunction()

# realmscope_test(<tst_name> [SOURCES <more files>] [LINK <targets>] [LABELS <labels>] [TIMEOUT <seconds>])
# <tst_name>.cpp in the current folder becomes an executable and a ctest of that name.
# Qt Test runs headless unless the test says otherwise.
function(realmscope_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
    add_executable(${name} ${name}.cpp ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE realmscope_flags Qt6::Test ${arg_LINK})
    target_compile_definitions(${name} PRIVATE
        REALMSCOPE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        REALMSCOPE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${arg_TIMEOUT}
        SKIP_REGULAR_EXPRESSION "REALMSCOPE-TEST-SKIPPED"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;XDG_CONFIG_HOME=${CMAKE_BINARY_DIR}/test-config/${name}")
    if(arg_LABELS)
        set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
    endif()
endfunction()
