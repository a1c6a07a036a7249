/** Tests of Sparkplug's messages, and random ones. */
@NullMarked
package io.sluice.schemas.sparkplug;

import org.jspecify.annotations.NullMarked;
