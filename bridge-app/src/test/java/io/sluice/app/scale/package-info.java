/** Many sessions at once: slow ones, and ones that come back. */
@NullMarked
package io.sluice.app.scale;

import org.jspecify.annotations.NullMarked;
