/** What measures Sluice from outside: the entry point, arguments and transport that load tool and floor share. */
@NullMarked
package io.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
