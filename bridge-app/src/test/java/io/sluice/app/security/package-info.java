/** Who may come in and what they may do, as real clients and attackers meet it. */
@NullMarked
package io.sluice.app.security;

import org.jspecify.annotations.NullMarked;
