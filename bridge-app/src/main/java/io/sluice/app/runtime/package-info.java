/** The composition root: makes the parts, starts them in the order of their needs, and stops them in reverse. */
@NullMarked
package io.sluice.app.runtime;

import org.jspecify.annotations.NullMarked;
