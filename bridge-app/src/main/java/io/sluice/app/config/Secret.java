package io.sluice.app.config;

/**
 * A text that nobody is shown. Immutable.
 *
 * @param text for whoever needs it
 */
public record Secret(String text) {

    public Secret {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("text that is not empty");
        }
    }

    @Override
    public String toString() {
        return Binder.MASK;
    }
}
