/** The command line: what the operator types becomes a configuration, a report or a run (← Main; config →). */
@NullMarked
package io.sluice.app.cli;

import org.jspecify.annotations.NullMarked;
