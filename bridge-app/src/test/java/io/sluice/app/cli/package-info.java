@NullMarked
package io.sluice.app.cli;

import org.jspecify.annotations.NullMarked;
