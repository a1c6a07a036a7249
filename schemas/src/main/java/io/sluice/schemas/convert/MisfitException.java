package io.sluice.schemas.convert;

import java.util.List;
import java.util.stream.Collectors;

/** A payload does not fit its schema. Carries no stack trace: it is the sender's doing. */
public final class MisfitException extends Exception {

    private final boolean malformed;
    private final List<Misfit> misfits;

    MisfitException(boolean malformed, List<Misfit> misfits) {
        super(misfits.stream().map(Misfit::message).collect(Collectors.joining("; ")), null, false, false);
        this.malformed = malformed;
        this.misfits = List.copyOf(misfits);
    }

    /** A payload that is not even what a schema could be asked about. */
    public static MisfitException malformed(String path, String found, String expected) {
        return new MisfitException(true, List.of(new Misfit(path, found, expected)));
    }

    /** A payload of which a value is not as the schema wants it. */
    public static MisfitException misfit(String path, String found, String expected) {
        return new MisfitException(false, List.of(new Misfit(path, found, expected)));
    }

    /** Whether it is no JSON, or no Avro, at all; otherwise it is, and the schema wants something else. */
    public boolean isMalformed() {
        return malformed;
    }

    /** The places that do not fit, the first ones of many; at least one. */
    public List<Misfit> misfits() {
        return misfits;
    }

    /** Where the first of them is. */
    public String path() {
        return misfits.get(0).path();
    }
}
