// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/ports/http.h"
#include "syncer/ports/network.h"
#include "syncer/ports/observer.h"
#include "syncer/ports/signer.h"
#include "syncer/ports/storage.h"

namespace syncer {

/// The world as a node sees it. Borrowed; all of it outlives the node.
struct Ports {
  Datagrams& datagrams;
  Streams& streams;
  Http& http;
  Storage& storage;
  Observer& observer;
  Signer* signer = nullptr;  ///< of a node with a certificate
};

}  // namespace syncer
