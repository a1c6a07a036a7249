/** Users by the tokens of an identity provider (JWT, RFC 7519). */
@NullMarked
package io.sluice.mqtt.auth.jwt;

import org.jspecify.annotations.NullMarked;
