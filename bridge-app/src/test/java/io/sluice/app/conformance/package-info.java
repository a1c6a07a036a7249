/** Which test proves which statement of the standard: the page that is generated from {@code @Conforms}. */
@NullMarked
package io.sluice.app.conformance;

import org.jspecify.annotations.NullMarked;
