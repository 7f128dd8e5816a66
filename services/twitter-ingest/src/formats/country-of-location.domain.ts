export declare function countryOfLocation(location: string): string | null;
