#pragma once

namespace sluice {

// Puts this process behind everything that answers a person: its server, the database, the broker. Call it in a process
// of its own, once, before its threads are started: they inherit it. What a system refuses is left as it is.
void stand_back();

}  // namespace sluice
