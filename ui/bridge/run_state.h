#pragma once

namespace headroom::ui {

/// What the engine is doing for the window. Every enabled or hidden control follows from it.
enum class RunState {
    Idle,      ///< Nothing; a run may be started.
    Planning,  ///< The request is being checked and planned.
    Running,   ///< The engine works.
    Stopping,  ///< The person pressed Stop; the engine has not ended yet.
};

}  // namespace headroom::ui
