// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/base/bytes.h"

namespace syncer::registry {

/// A JSON text whose lists of one name hold numbers instead of their elements.
struct CutText {
  Bytes frame;                     ///< element i of `elements` is the number i here
  std::vector<ByteView> elements;  ///< parts of the text that was cut; not checked to be JSON
};

/// Cuts the elements of every list `name` out of a JSON text, wherever it stands; a list within an element stays.
/// What is no JSON text is no JSON text afterwards either, but in which part it shows is not said.
CutText cut_lists(ByteView text, std::string_view name);

}  // namespace syncer::registry
