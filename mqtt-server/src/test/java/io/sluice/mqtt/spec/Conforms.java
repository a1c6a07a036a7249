package io.sluice.mqtt.spec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The normative statements that a test proves, by their numbers: {@code "3.3.1-2"} is [MQTT-3.3.1-2]. The same number
 * means different things in different versions.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Conforms {

    /** Statements of MQTT 5.0. */
    String[] mqtt5() default {};

    /** Statements of MQTT 3.1.1. */
    String[] mqtt3() default {};

    /** What MQTT 3.1, which numbers nothing, asks for: our own numbers, {@code "1"} is LOCAL-3.1-1. */
    String[] mqtt31() default {};
}
