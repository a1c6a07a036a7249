@NullMarked
package io.sluice.app.management;

import org.jspecify.annotations.NullMarked;
