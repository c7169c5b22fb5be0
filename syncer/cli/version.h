// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What this build is. Defined in a file that CMake writes, so that a commit rebuilds one file.
namespace syncer::cli {
extern const char* const kVersion;
extern const char* const kCommit;
extern const char* const kCompiler;
extern const char* const kBuildType;
}  // namespace syncer::cli
