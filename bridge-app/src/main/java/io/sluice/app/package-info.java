/** The process: its entry point and the seam between the command line and what runs (← cli, runtime →). */
@NullMarked
package io.sluice.app;

import org.jspecify.annotations.NullMarked;
