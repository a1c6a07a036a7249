package io.sluice.schemas.convert;

/**
 * What a conversion may cost.
 *
 * @param depthMax levels of objects and arrays in one another
 * @param bytesMax size of what is read, and of what comes out: defaults make a small payload large
 * @param misfitsMax places that an error names
 */
public record ConvertLimits(int depthMax, int bytesMax, int misfitsMax) {

    public static final ConvertLimits DEFAULTS = new ConvertLimits(64, 4 << 20, 8);

    public ConvertLimits {
        if (depthMax < 1 || bytesMax < 1 || misfitsMax < 1) {
            throw new IllegalArgumentException("limits: " + depthMax + " levels, " + bytesMax + " bytes, " + misfitsMax
                    + " misfits (expected: 1 or more of each)");
        }
    }
}
