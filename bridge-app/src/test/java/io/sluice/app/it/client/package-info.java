/** The clients that people use, each behind the same few verbs. */
@NullMarked
package io.sluice.app.it.client;

import org.jspecify.annotations.NullMarked;
