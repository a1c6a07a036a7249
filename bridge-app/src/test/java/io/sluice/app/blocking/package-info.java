/** No event loop ever waits: watched in all tests. */
@NullMarked
package io.sluice.app.blocking;

import org.jspecify.annotations.NullMarked;
