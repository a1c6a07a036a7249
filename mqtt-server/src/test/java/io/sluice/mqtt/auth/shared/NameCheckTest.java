package io.sluice.mqtt.auth.shared;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameCheckTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "device-1",
                "a",
                "plant.acme.example",
                "alice@example.com",
                "Müller",
                "Hugo Weiß",
                "设备-7",
                "センサー1号",
                "датчик",
                "מכשיר",
                "auth0|5f7c8ec7c33c6c004bbafe82"
            })
    void namesThatAreWhatTheyLookLikePass(String name) {
        assertThat(NameCheck.problemAsLevel(name)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a\0b",
                "a\nb",
                "a\u0085b",
                "a\u007Fb",
                "a\u202Eb",
                "a\u2066b",
                "a\u200Bb",
                "a\u200Db",
                "\uFEFFa",
                "a\u00ADb",
                "a\u034Fb",
                "a\uFE0F",
                "a\uDB40\uDD00",
                "a\uDB40\uDC41",
                "a\u3164",
                "a\u2800b",
                "a\u00A0b",
                "a\u2028b",
                " a",
                "a ",
                "a\uE000",
                "a\uD800b",
                "a\u0378",
                "u\u0308",
                "\uFF41dmin",
                "\uFB01le",
                "\u212Aelvin",
                "аdmin",
                "pаypal",
                "αdmin",
                "aא",
            })
    void namesThatMayPassForOthersDoNot(String name) {
        assertThat(NameCheck.problem(name)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "+", "a+b", "#", "a/#", "/"})
    void aLevelMatchesItselfAlone(String name) {
        assertThat(NameCheck.problem(name)).isNull();
        assertThat(NameCheck.problemAsLevel(name)).isNotNull();
    }

    @Test
    void aNameHas256BytesAtMost() {
        assertThat(NameCheck.problem("a".repeat(256))).isNull();
        assertThat(NameCheck.problem("a".repeat(257))).isNotNull();
        assertThat(NameCheck.problem("ü".repeat(129))).isNotNull();
    }
}
