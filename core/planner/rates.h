#pragma once

namespace headroom {

/// How fast a device computes in the run's dtype and how fast weights reach it. Measured once a machine (engine/machine_rates.h).
struct MachineRates {
    double product_flops = 0;      ///< Of matrix products, a second.
    double attention_flops = 0;    ///< The same for attention.
    double convolution_flops = 0;  ///< The same for convolutions.
    double memory_bytes = 0;       ///< Read and written by element-wise work, a second.
    double upload_bytes = 0;       ///< Weights from the computer's memory to the device, a second; on the CPU a copy.
    double disk_bytes = 0;         ///< Read from the disk, a second.
    double upload_drag = 0;        ///< By what share of its time an upload slows the computing that it hides behind.
};

}  // namespace headroom
