#pragma once

#include "services/load/import/ledger.hpp"
#include "services/load/import/message.hpp"

#include <cstddef>

/// What scenarios of SIPp say beside the flow of messages.
namespace strowger::services::load::sipp {

/// Gives a fate to every element that is no step: actions, tables, variables.
void remark_beside(const document& of, ledger& notes);

/// What the attributes of a step ask for that users do not do.
void remark_attributes(const document& of, std::size_t step, ledger& notes);

/// What is in a message that users do not send.
void remark_message(const message& x, std::size_t step, ledger& notes);

} // namespace strowger::services::load::sipp
