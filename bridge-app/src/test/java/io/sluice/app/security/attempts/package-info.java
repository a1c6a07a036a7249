/** What somebody may try who may not: each attempt a row of data, its answer, and the page of all of them. */
@NullMarked
package io.sluice.app.security.attempts;

import org.jspecify.annotations.NullMarked;
