/** JMH benchmarks of decisions and of hot paths. */
@NullMarked
package io.sluice.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
