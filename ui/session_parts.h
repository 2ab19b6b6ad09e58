#pragma once

namespace headroom::ui {

class MemoryPanel;
class RequestPanel;
class RunProgress;
class SettingsStore;
class ViewerPanel;

/// The panels that a session works with; all outlive it.
struct SessionParts {
    SettingsStore& settings;
    RequestPanel& request;
    ViewerPanel& viewer;
    MemoryPanel& memory;
    RunProgress& progress;
};

}  // namespace headroom::ui
