/**
 * How the process logs: the form of a line, and the levels, which can be changed while it runs (← runtime, management;
 * Logback, Jackson →).
 */
@NullMarked
package io.sluice.app.log;

import org.jspecify.annotations.NullMarked;
