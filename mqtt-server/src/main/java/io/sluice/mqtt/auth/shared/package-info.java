/** What several ways to authenticate have in common: threads, the brake on guessing, remembered answers, names. */
@NullMarked
package io.sluice.mqtt.auth.shared;

import org.jspecify.annotations.NullMarked;
