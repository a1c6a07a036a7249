/**
 * The configuration: records, one per YAML object, and how files, environment and command line become them. Knows the
 * mapping's rules and nothing else of the modules (← cli; runtime →).
 */
@NullMarked
package io.sluice.app.config;

import org.jspecify.annotations.NullMarked;
