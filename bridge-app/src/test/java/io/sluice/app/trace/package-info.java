@NullMarked
package io.sluice.app.trace;

import org.jspecify.annotations.NullMarked;
